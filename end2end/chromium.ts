// Which browser the tests drive, and how it is started.

/** The program: CHROMIUM, which scripts/test.sh sets to what it found. */
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const chromiumArgs = [
  '--disable-gpu',
  '--no-first-run',
  // Nothing but the pages under test: no look-ups, updates or reports of the browser's own.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  // The same pixels on every machine.
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
  // Chromium's sandbox refuses to work for root, which is who runs this in a container.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
