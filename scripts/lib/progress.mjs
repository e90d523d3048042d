/** One line for each step: what is done, how long it took. */

const isTerminal = process.stdout.isTTY === true;

/**
 * @template T
 * @param {string} name what is being done
 * @param {() => Promise<T>} work
 * @param {(result: T) => string} [describe] said behind the name when it is done
 * @returns {Promise<T>}
 */
export async function progress(name, work, describe = () => '') {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  if (isTerminal) process.stdout.write(`… ${name}`);
  const ticking = isTerminal ? setInterval(() => process.stdout.write(`\r… ${name} ${seconds()}`), 1000) : undefined;
  try {
    const result = await work();
    const detail = describe(result);
    finish('✔', `${name}${detail ? `: ${detail}` : ''} (${seconds()})`);
    return result;
  } catch (error) {
    finish('✖', `${name} (${seconds()})`);
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

function finish(mark, text) {
  console.log(`${isTerminal ? '\r\x1b[K' : ''}${mark} ${text}`);
}
