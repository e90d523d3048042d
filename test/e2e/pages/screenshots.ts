/** Pictures of every state of a page in every theme and width, for people to look at: `node test/e2e/pages/screenshots.ts [part of a name]`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchBrowser, openPage } from './harness.ts';
import { pictures } from './pictures.ts';
import { themes } from './themes.ts';

const folder = fileURLToPath(new URL('../../../test-results/pages/', import.meta.url));
const wanted = process.argv[2] ?? '';

await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
try {
  for (const picture of pictures) {
    for (const theme of picture.themes ?? themes) {
      for (const [width, height] of picture.sizes) {
        const name = `${picture.name}-${theme}-${String(width)}`;
        if (!name.includes(wanted)) continue;
        const open = await openPage(browser, picture.page, { theme, width, height, ...(picture.answer ? { answer: picture.answer } : {}) });
        await open.waitForPosted('ready');
        await picture.play(open);
        await open.page.screenshot({ path: `${folder}${name}.png` });
        await open.close();
        if (open.incidents.length > 0) console.log(name, open.incidents);
      }
    }
  }
} finally {
  await browser.close();
}
