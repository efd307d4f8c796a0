// A workspace with the sandbox shop, and changes that were asked for in it.
import { expect } from '@playwright/test';
import { assistant, type Call } from './calls';
import type { App } from './fixtures';

export const SHOP = 'Main shop';

/** The simulator's shop, as the workspace calls it. */
export const OTHER_SHOP = 'Web shop';

export type Shop = {
  /** Calls tools with a key that may only propose. */
  propose: Call;
  /** Calls tools with a key that may write. */
  write: Call;
  /** Ids of orders, newest first. */
  orders: string[];
};

/** Adds the sandbox shop to a workspace and makes two assistants. */
export async function openShop(app: App, tenant: string): Promise<Shop> {
  app.command(['store', 'add', '--tenant', tenant, '--store-id', 'sandbox', '--name', SHOP], 'sandbox');
  const propose = assistant(app, tenant, 'propose', 'Proposer');
  const write = assistant(app, tenant, 'write', 'Writer');
  const { orders } = await write('orders_list', { store_identifier: SHOP, limit: 20 });
  return { propose, write, orders: orders.map((order: { id: string }) => order.id) };
}

/** Adds the simulator's shop to a workspace: Order Desk can be made to fail in it. */
export function openOtherShop(app: App, tenant: string): void {
  const { storeId, apiKey } = app.orderDesk;
  app.command(['store', 'add', '--tenant', tenant, '--store-id', storeId, '--name', OTHER_SHOP], apiKey);
}

/** An order as Order Desk has it. */
export async function read(shop: Shop, order: string): Promise<Record<string, any>> {
  const { order: found } = await shop.write('orders_get', { store_identifier: SHOP, order_id: order, detail: 'full' });
  return found;
}

/** Proposes another city for an order and gives the change's id. */
export async function proposeCity(shop: Shop, order: string, city: string, reason = 'The customer moved'): Promise<string> {
  const receipt = await shop.propose('orders_update', {
    store_identifier: SHOP,
    order_id: order,
    changes: { shipping: { city } },
    reason,
  });
  expect(receipt, JSON.stringify(receipt)).toMatchObject({ status: 'pending' });
  return receipt.change_id;
}

/** Changes an order's city at once, as somebody else would, and gives the change's id. */
export async function writeCity(shop: Shop, order: string, city: string): Promise<string> {
  const receipt = await shop.write('orders_update', { store_identifier: SHOP, order_id: order, changes: { shipping: { city } } });
  expect(receipt, JSON.stringify(receipt)).toMatchObject({ status: 'success' });
  return receipt.change_id;
}
