// Starting and stopping the program under test.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const HERE = import.meta.dirname;
/** The workspace that the tests sign in to; the program's own first one stays as it was made. */
export const TENANT = 'e2e';
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 20_000;

/** A running server with a database of its own; behind it the sandbox store, and a simulator of Order Desk. */
export type App = {
  /** Where it listens, without a slash at the end. */
  url: string;
  /** The one store of the simulator. */
  orderDesk: OrderDesk;
  /** Its data folder, removed when the worker ends. */
  dir: string;
  /** Opens the web app as the owner of the tests' workspace. */
  masterKey: string;
  /** Runs a command of the program against the same data and gives what it printed, without the last newline. */
  command: (args: string[], stdin?: string) => string;
};

/** A simulator of Order Desk in a process of its own, whose failures the tests choose. */
export type OrderDesk = {
  storeId: string;
  apiKey: string;
  /** Adds a rule, as `crates/orderdesk-sim/src/admin.rs` describes it. */
  fault: (rule: Record<string, unknown>) => Promise<void>;
  /** What reached it, oldest first. */
  log: () => Promise<Request[]>;
};

/** A request that reached the simulator; the path is the one below the API's own. */
export type Request = { seq: number; method: string; path: string; applied: boolean };

/** Starts a server; `stop` ends it and fails unless it ended cleanly. */
export async function startApp(name: string): Promise<{ app: App; stop: () => Promise<void> }> {
  const program = resolve(HERE, process.env.APP_CMD ?? '../target/debug/orderdesk-mcp');
  const dir = mkdtempSync(join(tmpdir(), `orderdesk-mcp-${name}-`));
  mkdirSync(exportDir(dir));
  const simulator = await startSimulator(join(dirname(program), 'orderdesk-sim'));
  const env = { ...environment(dir), ORDERDESK_API_URL: simulator.url };
  const command = (args: string[], stdin = '') =>
    execFileSync(program, args, { cwd: dir, env, input: stdin, encoding: 'utf8', timeout: START_TIMEOUT_MS }).trimEnd();

  const server = spawn(program, ['serve'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  mkdirSync(join(HERE, 'out'), { recursive: true });
  const log = createWriteStream(join(HERE, 'out', `server-${name}.log`));
  server.stdout.pipe(log);
  server.stderr.pipe(log);

  const stop = async () => {
    const code = await terminate(server);
    await terminate(simulator.process);
    rmSync(dir, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the server ended with ${code}: see end2end/out/server-${name}.log`);
  };
  try {
    const url = await listening(server);
    const masterKey = command(['tenant', 'create', TENANT]);
    return { app: { url, orderDesk: simulator.orderDesk, dir, masterKey, command }, stop };
  } catch (error) {
    await terminate(server);
    await terminate(simulator.process);
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

async function startSimulator(program: string): Promise<{ process: ChildProcess; url: string; orderDesk: OrderDesk }> {
  const [storeId, apiKey] = ['41207', 'a-key-of-the-simulator'];
  const options = ['--addr', '127.0.0.1:0', '--store-id', storeId, '--no-rate-limit'];
  const child = spawn(program, options, { env: { ORDERDESK_SIM_API_KEY: apiKey }, stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await listening(child);
  const fault = async (rule: Record<string, unknown>) => {
    const response = await fetch(new URL('/__sim/faults', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
    if (!response.ok) throw new Error(`the simulator refuses the rule: ${await response.text()}`);
  };
  const log = async () => (await fetch(new URL('/__sim/log', url))).json();
  return { process: child, url, orderDesk: { storeId, apiKey, fault, log } };
}

/** Where scheduled exports go that go into a folder. */
function exportDir(dir: string): string {
  return join(dir, 'exports');
}

/** Only what the program needs: a DATABASE_URL of the person who runs the tests must not reach it. */
function environment(dir: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: dir,
    HOST: '127.0.0.1',
    PORT: '0',
    OPS_PORT: '0',
    // The limits have tests of their own; here many specs sign in and use stores within a minute.
    // Alerts are looked at at once, and may be sent to a receiver of a test.
    ALERT_INTERVAL: '1',
    ALERT_LOCAL_WEBHOOKS: 'true',
    // Exports may go into a folder, and into a bucket of a test.
    EXPORT_DIR: exportDir(dir),
    EXPORT_LOCAL_BUCKETS: 'true',
    WEBUI_RATE_LIMIT_LOGIN: '1000',
    WEBUI_RATE_LIMIT_API_CONSOLE: '100000',
    DATA_DIR: dir,
    // Less than STOP_TIMEOUT_MS, so that a server which drains to the end is not killed.
    DRAIN_TIMEOUT: '5',
    LEPTOS_SITE_ROOT: resolve(HERE, process.env.LEPTOS_SITE_ROOT ?? '../target/site'),
    RUST_BACKTRACE: '1',
  };
}

/** The address, from the line in which the program says that it listens. */
function listening(server: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = '';
    const timer = setTimeout(() => failed(new Error(`the server did not start in time: ${said}`)), START_TIMEOUT_MS);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      server.off('exit', exited);
      settle();
    };
    const exited = (code: number | null) => end(() => failed(new Error(`the server ended with ${code}: ${said}`)));
    server.once('exit', exited);
    server.once('error', (error) => end(() => failed(error)));
    const listen = (chunk: Buffer) => {
      said += chunk;
      const address = /listening on (http:\/\/[\d.]+:\d+\S*)/.exec(said)?.[1];
      if (address) end(() => found(address));
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', (chunk: Buffer) => (said += chunk));
  });
}

/** Asks the server to stop, kills it if it will not; gives its exit code, or the signal that ended it. */
async function terminate(server: ChildProcess): Promise<number | string | null> {
  if (server.exitCode === null && server.signalCode === null) {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    const timer = setTimeout(() => server.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }
  return server.exitCode ?? server.signalCode;
}
