#!/usr/bin/env python3
"""A tour of the cloud through openstacksdk: what programs and Ansible's modules do.

Usage: tour.py ADMIN_CLOUD MEMBER_CLOUD. Each call must succeed and answer what it should; prints one line per
service with the number of calls it made. Leaves nothing behind.
"""
import os
import sys
import tempfile
import uuid

import openstack
from openstack import exceptions

admin = openstack.connect(cloud=sys.argv[1])
demo = openstack.connect(cloud=sys.argv[2])
mark = 'tour-' + uuid.uuid4().hex[:6]
calls = 0


def call(function, *args, **kwargs):
    """One call of the SDK; lists are read to their end."""
    global calls
    calls += 1
    result = function(*args, **kwargs)
    if hasattr(result, '__next__'):
        return list(result)
    return result


def newer(api, name, *args, **kwargs):
    """A call that only newer SDKs have; None where this one lacks it."""
    return call(getattr(api, name), *args, **kwargs) if hasattr(api, name) else None


def refused(status, function, *args, **kwargs):
    """A call that must be refused with this status."""
    try:
        call(function, *args, **kwargs)
    except exceptions.HttpException as error:
        assert error.status_code == status, f'{function.__name__}{args}: {error}'
        return
    raise AssertionError(f'{function.__name__}{args} was not refused')


def named(items, name):
    found = [item for item in items if item.name == name]
    assert len(found) == 1, f'{name} is there {len(found)} times'
    return found[0]


def identity():
    api = admin.identity
    domain = call(api.create_domain, name=mark, description='a tour')
    parent = call(api.create_project, name=mark, domain_id=domain.id)
    child = call(api.create_project, name=mark + '-child', domain_id=domain.id, parent_id=parent.id)
    assert call(api.get_project, child.id).parent_id == parent.id
    assert named(call(api.projects, domain_id=domain.id), mark + '-child').id == child.id
    assert call(api.update_project, child.id, description='changed').description == 'changed'
    user = call(api.create_user, name=mark, domain_id=domain.id, password='first-' + mark)
    assert call(api.update_user, user.id, email='a@example.org').email == 'a@example.org'
    group = call(api.create_group, name=mark, domain_id=domain.id)
    call(api.add_user_to_group, user, group)
    assert call(admin.is_user_in_group, user.id, group.id)
    role = call(api.find_role, 'member')
    call(api.assign_project_role_to_group, parent, group, role)
    assert len(call(api.role_assignments, group_id=group.id)) == 1
    call(api.assign_domain_role_to_user, domain, user, role)
    call(api.unassign_domain_role_from_user, domain, user, role)
    call(api.unassign_project_role_from_group, parent, group, role)
    own = call(api.create_role, name=mark)
    call(api.delete_role, own)
    credential = call(demo.identity.create_application_credential, demo.current_user_id, name=mark)
    assert credential.secret
    short = openstack.connect(
        auth_type='v3applicationcredential',
        auth=dict(auth_url=demo.config.config['auth']['auth_url'], application_credential_id=credential.id,
                  application_credential_secret=credential.secret),
        region_name=demo.config.region_name)
    assert call(short.authorize)
    call(demo.identity.delete_application_credential, demo.current_user_id, credential)
    region = call(api.create_region, description=mark)
    call(api.delete_region, region)
    service = call(api.create_service, name=mark, type=mark)
    endpoint = call(api.create_endpoint, service_id=service.id, interface='public', url='http://192.0.2.1')
    assert call(api.get_endpoint, endpoint.id).url == 'http://192.0.2.1'
    call(api.delete_endpoint, endpoint)
    call(api.delete_service, service)
    call(api.create_registered_limit, service_id=named(call(api.services), 'nova').id, resource_name=mark,
         default_limit=3)
    # The answer is a list, which older SDKs do not read.
    for limit in call(api.registered_limits, resource_name=mark):
        call(api.delete_registered_limit, limit.id)
    refused(403, demo.identity.create_domain, name=mark + '-not')
    for one in (child, parent):
        call(api.delete_project, one)
    call(api.delete_group, group)
    call(api.delete_user, user)
    call(api.update_domain, domain, is_enabled=False)
    call(api.delete_domain, domain)
    refused(404, api.get_domain, domain.id)


def image():
    api = demo.image
    with tempfile.NamedTemporaryFile() as file:
        file.write(os.urandom(3_000_000))
        file.flush()
        made = call(demo.create_image, mark, filename=file.name, disk_format='raw', container_format='bare', wait=True)
        with open(file.name, 'rb') as original:
            assert call(api.download_image, call(api.get_image, made.id)).content == original.read()
    assert call(api.update_image, made.id, min_disk=2).min_disk == 2
    call(api.add_tag, made.id, 'blue')
    assert 'blue' in call(api.get_image, made.id).tags
    call(api.remove_tag, made.id, 'blue')
    assert named(call(api.images, name=mark), mark).size == 3_000_000
    call(api.update_image, made.id, visibility='shared')
    other = call(admin.identity.find_project, 'admin')
    call(api.add_member, made.id, member_id=other.id)
    call(admin.image.update_member, other.id, made.id, status='accepted')
    assert len(call(api.members, made.id)) == 1
    call(api.remove_member, other.id, made.id)
    call(admin.image.deactivate_image, made.id)
    call(admin.image.reactivate_image, made.id)
    call(api.delete_image, made.id)
    refused(404, api.get_image, made.id)


def network():
    api = demo.network
    net = call(api.create_network, name=mark)
    four = call(api.create_subnet, network_id=net.id, ip_version=4, cidr='10.88.0.0/24', name=mark)
    call(api.create_subnet, network_id=net.id, ip_version=6, cidr='fd88::/64', ipv6_ra_mode='slaac',
         ipv6_address_mode='slaac')
    port = call(api.create_port, network_id=net.id, name=mark, fixed_ips=[dict(subnet_id=four.id)])
    assert call(api.update_port, port, description='changed').description == 'changed'
    call(api.set_tags, port, ['blue'])
    assert named(call(api.ports, tags='blue', network_id=net.id), mark).id == port.id
    public = call(api.find_network, 'public')
    router = call(api.create_router, name=mark, external_gateway_info=dict(network_id=public.id))
    call(api.add_interface_to_router, router, subnet_id=four.id)
    floating = call(api.create_ip, floating_network_id=public.id, port_id=port.id)
    assert call(api.get_ip, floating.id).fixed_ip_address.startswith('10.88.0.')
    call(api.update_ip, floating, port_id=None)
    call(api.delete_ip, floating)
    group = call(api.create_security_group, name=mark)
    rule = call(api.create_security_group_rule, security_group_id=group.id, direction='ingress', protocol='tcp',
                port_range_min=80, port_range_max=80, remote_ip_prefix='0.0.0.0/0')
    refused(409, api.create_security_group_rule, security_group_id=group.id,
            direction='ingress', protocol='tcp', port_range_min=80, port_range_max=80, remote_ip_prefix='0.0.0.0/0')
    call(api.delete_security_group_rule, rule)
    pool = call(api.create_subnet_pool, name=mark, prefixes=['10.89.0.0/16'], default_prefix_length=26)
    from_pool = call(api.create_subnet, network_id=net.id, ip_version=4, subnet_pool_id=pool.id)
    assert from_pool.cidr == '10.89.0.0/26', from_pool.cidr
    addresses = call(api.create_address_group, name=mark, addresses=['192.0.2.0/24'])
    call(api.delete_address_group, addresses)
    policy = call(admin.network.create_qos_policy, name=mark)
    call(admin.network.create_qos_bandwidth_limit_rule, policy, max_kbps=1000)
    call(admin.network.delete_qos_policy, policy)
    share = call(api.create_rbac_policy, object_type='network', object_id=net.id, action='access_as_shared',
                 target_project_id=call(admin.identity.find_project, 'admin').id)
    call(api.delete_rbac_policy, share)
    assert call(api.get_quota, demo.current_project_id).networks
    assert call(api.extensions)
    refused(409, api.delete_network, net)
    call(api.remove_interface_from_router, router, subnet_id=four.id)
    call(api.delete_router, router)
    call(api.delete_port, port)
    call(api.delete_security_group, group)
    call(api.delete_network, net)
    call(api.delete_subnet_pool, pool)
    refused(404, api.get_network, net.id)


def volume():
    api = demo.block_storage
    made = call(api.create_volume, name=mark, size=1)
    call(api.wait_for_status, made, 'available', wait=60)
    call(api.extend_volume, made, 2)
    call(api.wait_for_status, call(api.get_volume, made.id), 'available', wait=60)
    assert call(api.get_volume, made.id).size == 2
    snapshot = call(api.create_snapshot, volume_id=made.id, name=mark)
    call(api.wait_for_status, snapshot, 'available', wait=60)
    copy = call(api.create_volume, name=mark + '-copy', size=2, snapshot_id=snapshot.id)
    call(api.wait_for_status, copy, 'available', wait=60)
    assert len(call(api.volumes, name=mark)) == 1
    assert call(api.types)
    assert call(api.get_limits).absolute
    kind = call(admin.block_storage.create_type, name=mark)
    call(admin.block_storage.delete_type, kind)
    call(api.delete_snapshot, snapshot)
    call(api.wait_for_delete, snapshot, wait=60)
    return made, copy


def compute(volumes):
    api = demo.compute
    flavor = call(api.find_flavor, 'tiny')
    source = call(demo.image.find_image, 'tiny')
    net = call(demo.network.find_network, 'demo')
    keypair = call(api.create_keypair, name=mark)
    assert keypair.private_key
    group = call(api.create_server_group, name=mark, policy='anti-affinity')
    server = call(api.create_server, name=mark, flavor_id=flavor.id, image_id=source.id, networks=[dict(uuid=net.id)],
                  key_name=mark, metadata=dict(colour='blue'), scheduler_hints=dict(group=group.id))
    server = call(api.wait_for_server, server, wait=120)
    assert server.metadata['colour'] == 'blue'
    assert named(call(api.servers, name=mark), mark).id == server.id
    call(api.set_server_metadata, server, size='small')
    interfaces = call(api.server_interfaces, server)
    assert len(interfaces) == 1
    call(demo.attach_volume, server, call(demo.block_storage.get_volume, volumes[0].id), wait=True, timeout=60)
    assert [one.volume_id for one in call(api.volume_attachments, server)] == [volumes[0].id]
    call(demo.detach_volume, server, call(demo.block_storage.get_volume, volumes[0].id), wait=True, timeout=60)
    for action, status in [('pause', 'PAUSED'), ('unpause', 'ACTIVE'), ('suspend', 'SUSPENDED'), ('resume', 'ACTIVE'),
                           ('stop', 'SHUTOFF'), ('start', 'ACTIVE')]:
        call(getattr(api, f'{action}_server'), server)
        api.wait_for_server(api.get_server(server.id), status=status, wait=120)
    call(api.lock_server, server)
    call(api.unlock_server, server)
    call(api.reboot_server, server, 'HARD')
    api.wait_for_server(api.get_server(server.id), wait=120)
    picture = call(demo.create_image_snapshot, mark + '-snap', server.id, wait=True)
    assert picture.status == 'active'
    call(demo.image.delete_image, picture.id)
    assert call(api.get_server_console_output, server, length=5) is not None
    assert call(api.availability_zones)
    assert call(api.get_limits).absolute
    assert call(admin.compute.hypervisors, details=True)
    assert call(admin.compute.services)
    aggregate = call(admin.compute.create_aggregate, name=mark)
    call(admin.compute.delete_aggregate, aggregate)
    own = call(admin.compute.create_flavor, name=mark, ram=64, vcpus=1, disk=1)
    call(admin.compute.create_flavor_extra_specs, own, {'hw:cpu_policy': 'shared'})
    call(admin.compute.delete_flavor, own)
    refused(400, api.create_server, name=mark, flavor_id='no-such', image_id=source.id)
    call(api.delete_server, server)
    api.wait_for_delete(server, wait=120)
    call(api.delete_server_group, group)
    call(api.delete_keypair, mark)
    for one in volumes:
        call(demo.block_storage.delete_volume, one)
        demo.block_storage.wait_for_delete(one, wait=60)


def placement():
    api = admin.placement
    providers = call(api.resource_providers)
    assert providers
    assert call(api.resource_classes)
    made = call(api.create_resource_provider, name=mark)
    newer(api, 'create_resource_provider_inventory', made, 'VCPU', total=4)
    assert call(api.find_resource_provider, mark).id == made.id
    call(api.delete_resource_provider, made)


volumes = ()


def volume_first():
    global volumes
    volumes = volume()


total = 0
for name, part in [('identity', identity), ('image', image), ('network', network), ('volume', volume_first),
                   ('compute', lambda: compute(volumes)), ('placement', placement)]:
    calls = 0
    part()
    total += calls
    print(f'{name}: {calls} calls')
print(f'{total} calls with openstacksdk {openstack.version.__version__}')
