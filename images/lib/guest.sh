# What the image tests share: a guest under QEMU with user networking, reached by SSH, stopped by its power button.
# Source it from a bash script that has `set -euo pipefail` and has called `begin_test`.

# begin_test: $work is a temporary directory with an SSH key; a guest still running at the end is killed.
begin_test() {
  need qemu-system-x86_64 qemu-system-x86
  need qemu-img qemu-utils
  need genisoimage genisoimage
  need ssh-keygen openssh-client
  work=$(mktemp -d "${TMPDIR:-/tmp}/potluck-image-test.XXXXXX")
  qemu=
  trap end_test EXIT
  ssh-keygen -q -t ed25519 -N '' -C test -f "$work/key"
  ssh_port=$((20000 + RANDOM % 5000))
  qmp_port=$((ssh_port + 5000))
}

end_test() {
  local status=$?
  [ -z "$qemu" ] || kill "$qemu" 2>/dev/null || true
  if [ $status != 0 ] && [ -f "$work/console" ]; then
    echo "--- the guest's console:" >&2
    cat "$work/console" >&2
  fi
  rm -rf "$work"
}

# write_metadata INSTANCE-ID NAME USER-DATA-FILE: a tree as on a config drive and at the metadata address.
write_metadata() {
  mkdir -p "$work/metadata/openstack/latest"
  cat >"$work/metadata/openstack/latest/meta_data.json" <<JSON
{"uuid": "$1", "name": "$2", "hostname": "$2.novalocal", "admin_pass": "pass\"word",
 "public_keys": {"test": "$(cat "$work/key.pub")\\n"}, "availability_zone": "nova", "launch_index": 0, "devices": []}
JSON
  cp "$3" "$work/metadata/openstack/latest/user_data"
}

config_drive() {
  genisoimage -quiet -o "$1" -V config-2 -J -R "$work/metadata"
}

# start_guest DISK MEMORY NETDEV-OPTIONS [QEMU OPTIONS]: TCG, for KVM cannot be relied on where tests run.
start_guest() {
  local disk=$1 memory=$2 net=$3
  shift 3
  started=$(now)
  qemu-system-x86_64 -machine pc -accel "${POTLUCK_ACCEL:-tcg}" -m "$memory" -display none -nodefaults -vga std \
    -serial "file:$work/console" -qmp "tcp:127.0.0.1:$qmp_port,server=on,wait=off" \
    -drive "file=$disk,format=qcow2,if=virtio" -device virtio-rng-pci \
    -netdev "user,id=net0,hostfwd=tcp:127.0.0.1:$ssh_port-:22$net" -device virtio-net-pci,netdev=net0 "$@" &
  qemu=$!
}

now() {
  date +%s%3N
}

elapsed() {
  awk -v ms=$(($(now) - started)) 'BEGIN { printf "%.1f s", ms / 1000 }'
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local end=$(($(now) + $1 * 1000)) what=$2
  shift 2
  until "$@"; do
    [ -n "$qemu" ] && ! kill -0 "$qemu" 2>/dev/null && fail "QEMU ended while waiting for $what"
    [ "$(now)" -lt $end ] || fail "$what: not within the time limit"
    sleep 0.1
  done
}

# The forwarded port accepts connections before the guest does, so only what the guest says counts.
ssh_banner() {
  # shellcheck disable=SC2016 # for the inner shell
  [ "$(timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && head -c 4 <&3' "$ssh_port" 2>/dev/null)" = SSH- ]
}

guest() {
  ssh -q -i "$work/key" -p "$ssh_port" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=20 \
    -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$work/known_hosts" "${guest_user:-root}@127.0.0.1" "$@"
}

# check WHAT ACTUAL EXPECTED
check() {
  [ "$2" = "$3" ] || fail "$1: expected '$3', got '$2'"
  say "$1: $2"
}

# qmp COMMAND [ARGUMENTS]: one command, waiting for its answer.
qmp() {
  local line
  exec 4<>"/dev/tcp/127.0.0.1/$qmp_port"
  echo '{"execute": "qmp_capabilities", "id": "hello"}' >&4
  echo "{\"execute\": \"$1\", \"arguments\": ${2:-{\}}, \"id\": \"answer\"}" >&4
  while read -r -t 10 line <&4; do
    case $line in *'"id": "answer"'*) break ;; esac
  done
  exec 4<&-
  case $line in *'"return"'*) ;; *) fail "QMP $1: $line" ;; esac
}

process_ended() {
  ! kill -0 "$1" 2>/dev/null
}

# power_off SECONDS: press the button and wait for QEMU to end by itself.
power_off() {
  started=$(now)
  qmp system_powerdown
  wait_for "$1" "power off after the ACPI button" process_ended "$qemu"
  wait "$qemu" || fail "QEMU failed with $?"
  qemu=
  say "powered off $(elapsed) after the ACPI button"
}
