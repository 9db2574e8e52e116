import { hcl, type StarterFile, type StarterInput } from './input.ts';

/**
 * For OpenTofu and Terraform: one server with all that it needs, as blocks to go on from. It reads clouds.yaml beside it.
 * https://search.opentofu.org/provider/terraform-provider-openstack/openstack/latest
 */
export function terraform({ cloud, image, flavor, externalNetwork, loginUser = 'root' }: StarterInput): StarterFile {
  const content = `# tofu init && tofu apply      (or: terraform init && terraform apply)
# clouds.yaml in this directory says where the cloud is and holds the secret: keep it out of version control.

terraform {
  required_providers {
    openstack = {
      source  = "terraform-provider-openstack/openstack"
      version = ">= 1.54.0, < 4.0.0"
    }
  }
}

provider "openstack" {
  cloud = ${hcl(cloud)}
}

variable "name" {
  type    = string
  default = "starter"
}

variable "image" {
  type    = string
  default = ${hcl(image)}
}

variable "flavor" {
  type    = string
  default = ${hcl(flavor)}
}

variable "external_network" {
  type    = string
  default = ${hcl(externalNetwork)}
}

variable "public_key_file" {
  type        = string
  default     = "~/.ssh/id_ed25519.pub"
  description = "The public half of your SSH key; ssh-keygen -t ed25519 makes one."
}

data "openstack_networking_network_v2" "external" {
  name     = var.external_network
  external = true
}

data "openstack_images_image_v2" "image" {
  name        = var.image
  most_recent = true
}

resource "openstack_compute_keypair_v2" "key" {
  name       = var.name
  public_key = file(pathexpand(var.public_key_file))
}

resource "openstack_networking_network_v2" "network" {
  name = var.name
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = var.name
  network_id = openstack_networking_network_v2.network.id
  cidr       = "192.168.77.0/24"
  ip_version = 4
}

resource "openstack_networking_router_v2" "router" {
  name                = var.name
  external_network_id = data.openstack_networking_network_v2.external.id
}

resource "openstack_networking_router_interface_v2" "router" {
  router_id = openstack_networking_router_v2.router.id
  subnet_id = openstack_networking_subnet_v2.subnet.id
}

resource "openstack_networking_secgroup_v2" "server" {
  name = var.name
}

resource "openstack_networking_secgroup_rule_v2" "ssh" {
  security_group_id = openstack_networking_secgroup_v2.server.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 22
  port_range_max    = 22
  remote_ip_prefix  = "0.0.0.0/0"
}

resource "openstack_networking_secgroup_rule_v2" "ping" {
  security_group_id = openstack_networking_secgroup_v2.server.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "icmp"
  remote_ip_prefix  = "0.0.0.0/0"
}

resource "openstack_networking_port_v2" "server" {
  name               = var.name
  network_id         = openstack_networking_network_v2.network.id
  security_group_ids = [openstack_networking_secgroup_v2.server.id]

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }
}

resource "openstack_compute_instance_v2" "server" {
  name        = var.name
  image_id    = data.openstack_images_image_v2.image.id
  flavor_name = var.flavor
  key_pair    = openstack_compute_keypair_v2.key.name

  network {
    port = openstack_networking_port_v2.server.id
  }
}

resource "openstack_networking_floatingip_v2" "address" {
  pool       = var.external_network
  port_id    = openstack_networking_port_v2.server.id
  depends_on = [openstack_networking_router_interface_v2.router]
}

output "ssh" {
  value = "ssh ${loginUser}@\${openstack_networking_floatingip_v2.address.address}"
}
`;
  return { name: 'main.tf', mediaType: 'text/plain', content, secret: false };
}
