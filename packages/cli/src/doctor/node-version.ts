import { type Check, fail, ok, warn } from './finding.ts';

const oldest = [20, 19] as const;

/** Node is new enough, and the processor is one the fast engines are built for. */
export const nodeVersion: Check = async ({ machine: { nodeVersion: version, arch, platform } }) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  return [
    isOld
      ? fail('node', `Node ${version}: expected ${oldest.join('.')} or newer`, {
          command: 'sudo npm install --global n && sudo n 22',
        })
      : ok('node', `Node ${version}`),
    ['x64', 'arm64'].includes(arch)
      ? ok('processor', `${platform} on ${arch}`)
      : warn(
          'processor',
          `${platform} on ${arch}: onnxruntime is not made for it, so estimates are computed on WebAssembly, several times slower`,
          {
            action: 'Install the 64-bit system: every Raspberry Pi since the 3 can run it.',
          },
        ),
  ];
};
