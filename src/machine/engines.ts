import { join } from 'node:path';
import type { Paths } from './paths.ts';
import { externalNetworkService } from './external-network.ts';
import type { Settings } from './settings.ts';
import type { Service } from './supervisor/index.ts';
import { quote } from './supervisor/runit-files.ts';

const OVS = '/var/run/openvswitch';
const OVN = '/var/run/ovn';
/** To the supervisor's log, and nowhere else: one place per daemon, rotated there. */
const LOGGING = ['-vconsole:info', '-vsyslog:off', '-vfile:off'];

/**
 * The daemons of Open vSwitch and OVN, in the order in which they are started, and the one that keeps this machine
 * their way to the world. Under systemd they are Debian's own units; without it they run in the foreground under
 * runit, on the same databases and sockets, so that a machine can change from one to the other. Each of them reconnects by itself to what it talks to, so no order must be kept when
 * one is restarted.
 * See ovsdb-server(1), ovs-vswitchd(8), ovn-northd(8), ovn-controller(8).
 */
export function engineServices(paths: Paths, role?: Settings['role']): Service[] {
  const all = allEngines(paths);
  // A machine that has joined switches, and leaves the deciding to the one with the controller.
  return role === 'host' ? all.filter(({ name }) => OF_HOSTS.has(name)) : all;
}

const OF_HOSTS = new Set(['ovsdb-server', 'ovs-vswitchd', 'ovn-controller']);

function allEngines(paths: Paths): Service[] {
  return [
    {
      ...engine('ovsdb-server', 'Open vSwitch: its database', 'ovsdb-server.service'),
      prepare: [
        `mkdir -p ${OVS}`,
        `rm -f ${OVS}/ovsdb-server.*.ctl`,
        ...database('/etc/openvswitch/conf.db', '/usr/share/openvswitch/vswitch.ovsschema'),
      ],
      pidFile: `${OVS}/ovsdb-server.pid`,
      command: [
        '/usr/sbin/ovsdb-server',
        '/etc/openvswitch/conf.db',
        ...LOGGING,
        `--remote=punix:${OVS}/db.sock`,
        '--remote=db:Open_vSwitch,Open_vSwitch,manager_options',
        `--pidfile=${OVS}/ovsdb-server.pid`,
      ],
    },
    {
      ...engine('ovs-vswitchd', 'Open vSwitch: the switch', 'ovs-vswitchd.service'),
      // Without --mlockall, which takes memory that a small machine needs for servers.
      prepare: [
        `mkdir -p ${OVS}`,
        `rm -f ${OVS}/ovs-vswitchd.*.ctl`,
        'modprobe openvswitch 2>/dev/null',
        'ulimit -n 1048576 2>/dev/null || true',
      ],
      pidFile: `${OVS}/ovs-vswitchd.pid`,
      command: ['/usr/sbin/ovs-vswitchd', `unix:${OVS}/db.sock`, ...LOGGING, `--pidfile=${OVS}/ovs-vswitchd.pid`],
    },
    ovnDatabase('nb', 'OVN_Northbound', 'NB_Global', 'Northbound'),
    ovnDatabase('sb', 'OVN_Southbound', 'SB_Global', 'Southbound'),
    {
      ...engine('ovn-northd', 'OVN: from intended networks to logical flows', 'ovn-northd.service'),
      prepare: [`mkdir -p ${OVN}`, `rm -f ${OVN}/ovn-northd.*.ctl`],
      pidFile: `${OVN}/ovn-northd.pid`,
      command: [
        '/usr/bin/ovn-northd',
        ...LOGGING,
        `--ovnnb-db=unix:${OVN}/ovnnb_db.sock`,
        `--ovnsb-db=unix:${OVN}/ovnsb_db.sock`,
        `--pidfile=${OVN}/ovn-northd.pid`,
      ],
    },
    {
      ...engine('ovn-controller', 'OVN: from logical flows to this switch', 'ovn-controller.service'),
      // Without a system-id version 23.03 crashes at once.
      prepare: [
        `mkdir -p ${OVN}`,
        `rm -f ${OVN}/ovn-controller.*.ctl`,
        'until ovs-vsctl --timeout=5 get Open_vSwitch . external_ids:system-id >/dev/null 2>&1; do sleep 0.2; done',
      ],
      pidFile: `${OVN}/ovn-controller.pid`,
      command: ['/usr/bin/ovn-controller', `unix:${OVS}/db.sock`, ...LOGGING, `--pidfile=${OVN}/ovn-controller.pid`],
    },
    externalNetworkService(paths),
  ];
}

/** The packages' umbrella units: enabled under systemd, so that the machine's next start brings all up. */
export const umbrellaUnits = (role?: Settings['role']): string[] => [
  'openvswitch-switch.service',
  ...(role === 'host' ? [] : ['ovn-central.service']),
  'ovn-host.service',
];

function engine(name: string, title: string, unit: string): Service {
  return { name, title, unit, vendor: true, command: [], environment: {}, prepare: [], pidFile: null };
}

function ovnDatabase(short: 'nb' | 'sb', schema: string, global: string, words: string): Service {
  const file = `/var/lib/ovn/ovn${short}_db.db`;
  return {
    ...engine(`ovn-${short}-db`, `OVN: the ${words.toLowerCase()} database`, `ovn-ovsdb-server-${short}.service`),
    prepare: [`mkdir -p ${OVN} /var/lib/ovn`, ...database(file, `/usr/share/ovn/ovn-${short}.ovsschema`)],
    pidFile: `${OVN}/ovn${short}_db.pid`,
    command: [
      '/usr/sbin/ovsdb-server',
      file,
      ...LOGGING,
      `--remote=punix:${OVN}/ovn${short}_db.sock`,
      `--remote=db:${schema},${global},connections`,
      // What is shown to switches of other machines, once there are any; as in Debian's own units.
      ...['private-key', 'certificate', 'ca-cert'].map(
        (option) => `--${option}=db:${schema},SSL,${option.replace('-', '_')}`,
      ),
      `--unixctl=${OVN}/ovn${short}_db.ctl`,
      `--pidfile=${OVN}/ovn${short}_db.pid`,
    ],
  };
}

/**
 * Shell lines that make a database, or bring its schema up to date after an upgrade of the package. Debian's conf.db
 * is a symbolic link that may point to nothing yet, which ovsdb-tool would take for a file that is there; and a kill
 * in the middle of `create` leaves an empty file.
 */
function database(file: string, schema: string): string[] {
  return [
    `db=$(readlink -m ${quote(file)})`,
    'if [ ! -s "$db" ]; then',
    '  rm -f "$db" "$(dirname "$db")/.$(basename "$db").~lock~"',
    '  mkdir -p "$(dirname "$db")"',
    `  ovsdb-tool create "$db" ${quote(schema)}`,
    `elif [ "$(ovsdb-tool needs-conversion "$db" ${quote(schema)})" = yes ]; then`,
    '  cp -a "$db" "$db.before-conversion"',
    `  ovsdb-tool convert "$db" ${quote(schema)}`,
    'fi',
  ];
}

/** Where the run scripts keep a helper each; removed by `destroy` with the state. */
export const scriptsOf = (paths: Paths): string => join(paths.state, 'bin');
