# A disk for a PC's BIOS: a boot partition (FAT, for syslinux) and one more. Needs $tools, a folder in which the
# packages of $disk_packages are unpacked, and its programs in PATH. Made without root's mounts and loop devices, which
# the machine that builds need not have. All sizes are in MiB.
disk_packages='syslinux syslinux-common mtools dosfstools'
mib=1048576
# Where partitioning tools would put the first one.
boot_start=1

# little BYTES NUMBER: the number as printf escapes, lowest byte first.
little() {
  local i
  for ((i = 0; i < $1; i++)); do printf '\\x%02x' $((($2 >> (8 * i)) & 255)); done
}

# entry STATUS TYPE START SIZE: one line of the partition table, by sector numbers; the old cylinder fields are unused.
entry() {
  # shellcheck disable=SC2059 # the format is the data
  printf "\\x$1\\xfe\\xff\\xff\\x$2\\xfe\\xff\\xff$(little 4 $(($3 * mib / 512)))$(little 4 $(($4 * mib / 512)))"
}

# make_boot KERNEL INITRD CONFIGURATION ROOM: the boot partition, $work/boot, with so much room for later.
make_boot() {
  local size
  size=$((($(stat -c %s "$1") + $(stat -c %s "$2")) / mib + 2 + $4))
  truncate -s ${size}M "$work/boot"
  # -h: the boot code of a partition must know at which sector of the disk it starts; -g: and wants some geometry.
  mkfs.vfat -n BOOT -h $((boot_start * mib / 512)) -g 255/63 "$work/boot" >/dev/null
  export MTOOLS_SKIP_CHECK=1
  mcopy -i "$work/boot" "$1" ::vmlinuz
  mcopy -i "$work/boot" "$2" ::initrd
  mcopy -i "$work/boot" "$3" ::syslinux.cfg
  syslinux --install "$work/boot"
}

# place FILE START: put it into the disk at so many MiB.
place() {
  dd if="$1" of="$work/disk" bs=1M seek="$2" conv=notrunc,sparse status=none
}

# make_disk SECOND: $work/disk from $work/boot and the file of the second partition.
make_disk() {
  local boot_size second_start second_size
  boot_size=$(($(stat -c %s "$work/boot") / mib))
  second_start=$((boot_start + boot_size))
  second_size=$(($(stat -c %s "$1") / mib))

  # The first sector: boot code, and the partition table at byte 446.
  cp "$tools/usr/lib/syslinux/mbr/mbr.bin" "$work/mbr"
  truncate -s 446 "$work/mbr"
  entry 80 0c $boot_start $boot_size >>"$work/mbr"
  entry 00 83 $second_start $second_size >>"$work/mbr"
  truncate -s 510 "$work/mbr"
  printf '\x55\xaa' >>"$work/mbr"

  truncate -s $((second_start + second_size))M "$work/disk"
  place "$work/mbr" 0
  place "$work/boot" $boot_start
  place "$1" $second_start
}
