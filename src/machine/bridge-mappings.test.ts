import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bridgeMappings, parseBridgeMappings, renderBridgeMappings } from './bridge-mappings.ts';

test('physical networks beside the one that Potluck makes', () => {
  assert.equal(renderBridgeMappings(bridgeMappings({})), 'public:br-ex');
  const more = bridgeMappings({ bridgeMappings: 'rack1:br-rack1, lan:br-lan' });
  assert.equal(renderBridgeMappings(more), 'public:br-ex,rack1:br-rack1,lan:br-lan');
  for (const wrong of ['rack1', 'public:br-x', 'lan:br-ex', 'a:b,a:c', 'a:b,c:b', 'a:bridge-of-17-char', 'a b:c']) {
    assert.throws(() => parseBridgeMappings(wrong), /--bridge-mappings/);
  }
});
