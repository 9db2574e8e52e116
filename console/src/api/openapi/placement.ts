// Made of docs/openapi/placement.json by: ./potluck openapi --write

export interface PlacementRequests {
  "GET /placement": object;
  "GET /placement/allocation_candidates": object;
  "POST /placement/allocations": object;
  "GET /placement/allocations/{consumer}": { path: { consumer: string } };
  "PUT /placement/allocations/{consumer}": { path: { consumer: string } };
  "DELETE /placement/allocations/{consumer}": { path: { consumer: string } };
  "POST /placement/reshaper": object;
  "GET /placement/resource_classes": object;
  "POST /placement/resource_classes": object;
  "GET /placement/resource_classes/{name}": { path: { name: string } };
  "PUT /placement/resource_classes/{name}": { path: { name: string } };
  "DELETE /placement/resource_classes/{name}": { path: { name: string } };
  "POST /placement/resource_providers": object;
  "GET /placement/resource_providers": object;
  "GET /placement/resource_providers/{uuid}": { path: { uuid: string } };
  "PUT /placement/resource_providers/{uuid}": { path: { uuid: string } };
  "DELETE /placement/resource_providers/{uuid}": { path: { uuid: string } };
  "GET /placement/resource_providers/{uuid}/aggregates": { path: { uuid: string } };
  "PUT /placement/resource_providers/{uuid}/aggregates": { path: { uuid: string } };
  "GET /placement/resource_providers/{uuid}/allocations": { path: { uuid: string } };
  "GET /placement/resource_providers/{uuid}/inventories": { path: { uuid: string } };
  "POST /placement/resource_providers/{uuid}/inventories": { path: { uuid: string } };
  "PUT /placement/resource_providers/{uuid}/inventories": { path: { uuid: string } };
  "DELETE /placement/resource_providers/{uuid}/inventories": { path: { uuid: string } };
  "GET /placement/resource_providers/{uuid}/inventories/{resource_class}": { path: { uuid: string; resource_class: string } };
  "PUT /placement/resource_providers/{uuid}/inventories/{resource_class}": { path: { uuid: string; resource_class: string } };
  "DELETE /placement/resource_providers/{uuid}/inventories/{resource_class}": { path: { uuid: string; resource_class: string } };
  "GET /placement/resource_providers/{uuid}/traits": { path: { uuid: string } };
  "PUT /placement/resource_providers/{uuid}/traits": { path: { uuid: string } };
  "DELETE /placement/resource_providers/{uuid}/traits": { path: { uuid: string } };
  "GET /placement/resource_providers/{uuid}/usages": { path: { uuid: string } };
  "GET /placement/traits": object;
  "GET /placement/traits/{name}": { path: { name: string } };
  "PUT /placement/traits/{name}": { path: { name: string } };
  "DELETE /placement/traits/{name}": { path: { name: string } };
  "GET /placement/usages": object;
}
