/** What is loaded or made with its first use, and not before. */
import { AppError } from '../core/errors.ts';

/** Made once. An attempt that failed is not remembered: the next use tries again. */
export function onDemand<Part>(make: () => Promise<Part>): () => Promise<Part> {
  let made: Promise<Part> | undefined;
  return async () => {
    made ??= make().catch((thrown: unknown) => {
      made = undefined;
      throw thrown;
    });
    return await made;
  };
}

/** A file of Countersign that is missing or damaged ends what was asked for, in words: nothing goes on without it. */
export async function part<Module>(loading: Promise<Module>): Promise<Module> {
  try {
    return await loading;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({ code: 'internal', message: `A part of Countersign could not be loaded, so nothing was done. Reload the window; if that does not help, install the extension again. (${reason})` }, { cause });
  }
}
