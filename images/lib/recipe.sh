# What the image recipes share. Source it from a bash script that has `set -euo pipefail`.

fail() {
  echo "${0##*/images/}: $*" >&2
  exit 1
}

say() {
  echo "==> $*"
}

# need COMMAND PACKAGE: stop unless the command is there, and say which Debian package has it.
need() {
  PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null ||
    fail "the command '$1' is missing: apt-get install $2"
}

# The recipes fetch binary packages for the machine that runs them, and the boot loader is for PCs.
need_debian_amd64() {
  need apt-get apt
  need dpkg-deb dpkg
  [ "$(dpkg --print-architecture)" = amd64 ] ||
    fail "this recipe makes images for amd64 and runs on amd64 only; this is $(dpkg --print-architecture)"
}

# begin OUT: set $out and $work (a temporary directory, removed on exit together with a half-written image).
begin() {
  [ "$(id -u)" = 0 ] || fail "run me as root: the files of the image belong to root"
  [ -d "$(dirname "$1")" ] || fail "no such directory: $(dirname "$1")"
  out=$(realpath "$1")
  work=$(mktemp -d "${TMPDIR:-/tmp}/potluck-image.XXXXXX")
  trap 'rm -rf "$work" "$out.tmp"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# publish RAW: convert to a compressed qcow2 and only then give it its name, so nobody ever reads half an image.
publish() {
  qemu-img convert -m 2 -W -f raw -O qcow2 -c "$1" "$out.tmp"
  mv "$out.tmp" "$out"
  say "$out: $(du -k "$out" | cut -f1) KiB"
}

# download PACKAGE...: put the .deb files into $packages. With POTLUCK_CACHE set they stay there for the next build:
# apt-get recognises a file that is complete and does not fetch it again.
download() {
  packages=${POTLUCK_CACHE:-$work/packages}
  mkdir -p "$packages"
  (cd "$packages" && apt-get download -qq -o APT::Sandbox::User=root "$@") ||
    fail "cannot download Debian packages: is the network up, and did 'apt-get update' run?"
}

# package_file PACKAGE: the path of the .deb that `download` would fetch now. The cache may hold older ones too.
package_file() {
  local name
  name=$(cd / && apt-get download --print-uris -o APT::Sandbox::User=root "$1" | awk '{ print $2 }')
  [ -f "$packages/$name" ] || fail "package $1 is not in $packages"
  echo "$packages/$name"
}
