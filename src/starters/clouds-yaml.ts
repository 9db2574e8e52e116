import { quoted, type StarterFile, type StarterInput } from './input.ts';

/**
 * For the `openstack` client, openstacksdk, Ansible, OpenTofu, Pulumi, Packer: they look for it in the directory where
 * they are started, in ~/.config/openstack and in /etc/openstack.
 * https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html
 */
export function cloudsYaml({ authUrl, region, cloud, credential }: StarterInput): StarterFile {
  // JSON's texts are YAML's: https://yaml.org/spec/1.2.2/#chapter-1-introduction-to-yaml
  const content = `clouds:
  ${quoted(cloud)}:
    auth_type: v3applicationcredential
    auth:
      auth_url: ${quoted(authUrl)}
      application_credential_id: ${quoted(credential.id)}
      application_credential_secret: ${quoted(credential.secret)}
    region_name: ${quoted(region)}
    interface: public
    identity_api_version: 3
`;
  return { name: 'clouds.yaml', mediaType: 'application/yaml', content, secret: true };
}
