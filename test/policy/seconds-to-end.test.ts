import { drainSeconds, pauseSeconds } from '../../lib/policy/seconds-to-end';

const hook = (preStop: unknown) => pauseSeconds({ lifecycle: { preStop } });
const script = (text: string) => hook({ exec: { command: ['sh', '-c', text] } });

describe('a hook before the end', () => {
  it.each([
    ['sleep 15', 15],
    ['sleep 1.5', 1.5],
    ['sleep 12.25', 12.25],
    ['sleep 15s', 15],
    ['sleep 2m', 120],
    ['sleep 1h', 3600],
    ['sleep   15', 15],
    ['/bin/sleep 15', 15],
    ['/usr/local/bin/sleep 15', 15],
    ['touch /tmp/x;sleep 15', 15],
    ['touch /tmp/x && sleep 15&& touch /tmp/y', 15],
    ['(sleep 15)', 15],
    ['echo x|sleep 15|cat', 15],
    ['sleep 15; sleep 5', 20],
    ['sleep 15 && sleep 1m', 75],
    ['sleep 15\ntouch /tmp/x', 15],
    ['sleep 15 || sleep 90', 15],
  ])('of the script %j takes %d s', (text, seconds) => {
    expect(script(text)).toBe(seconds);
  });

  it.each([
    'oversleep 15',
    'nosleep 15',
    'my/sleep 15',
    'sleep15',
    'sleep',
    'sleep infinity',
    'sleep 15d',
    'sleep 15x',
    'sleep 1.',
    'sleep .5',
    'sleep $WAIT',
    'false || sleep 15',
    '',
  ])('of the script %j is not known to take any time', (text) => {
    expect(script(text)).toBe(0);
  });

  it('may be words, or the pause of the kubelet, which counts alone', () => {
    expect(hook({ exec: { command: ['sleep', 15] } })).toBe(15);
    expect(hook({ sleep: { seconds: 7 } })).toBe(7);
    expect(hook({ sleep: { seconds: 0 }, exec: { command: ['sleep', '15'] } })).toBe(0);
  });

  it.each([
    ['nothing', undefined],
    ['a call', { httpGet: { path: '/drain', port: 80 } }],
    ['a pause that is no number', { sleep: { seconds: '7' } }],
    ['a command that is no list', { exec: { command: 'sleep 15' } }],
  ])('takes no time where it is %s', (_, preStop) => {
    expect(hook(preStop)).toBe(0);
    expect(pauseSeconds({})).toBe(0);
  });
});

describe('a server is told to finish', () => {
  it.each([
    ['in two words', { args: ['--shutdown-timeout', '50'] }, 50],
    ['in one', { args: ['--shutdown-timeout=50'] }, 50],
    ['with lines below', { args: ['--shutdown_timeout=50'] }, 50],
    ['as a number', { args: ['--shutdown-timeout', 50] }, 50],
    ['by its command', { command: ['vllm', 'serve', '--shutdown-timeout', '50'] }, 50],
    ['by a command line in one word', { command: ['sh', '-c', 'exec vllm  --shutdown-timeout   50 --port 1'] }, 50],
    [
      'by a flag at the end of the command and its value among the arguments',
      { command: ['--shutdown-timeout'], args: ['50'] },
      50,
    ],
    [
      'twice, and the longer counts',
      { args: ['--shutdown-timeout', '50', '--exit-timeout-secs=70', '--shutdown-timeout=60'] },
      70,
    ],
    ['not even to wait', { args: ['--shutdown-timeout', '0'] }, 0],
    ['in less than no time', { args: ['--shutdown-timeout=-5'] }, 0],
    ['without a value', { args: ['--shutdown-timeout'] }, 0],
    ['by a variable', { args: ['--shutdown-timeout', '$(DRAIN)'] }, 0],
    ['by a variable, and by a number', { args: ['--shutdown-timeout', '$(DRAIN)', '--exit-timeout-secs', '45'] }, 45],
    ['by a flag of something else', { args: ['--timeout', '90'] }, 0],
    ['nothing', {}, 0],
    ['something that is no list', { command: 'vllm --shutdown-timeout 50', args: 5 }, 0],
  ])('%s', (_, container, seconds) => {
    expect(drainSeconds(container)).toBe(seconds);
  });
});
