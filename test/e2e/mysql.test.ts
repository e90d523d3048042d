/** A MariaDB connection as a person meets it: added, tried out, read from, and a change shown before it is final. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useEditor } from '../support/editor.ts';
import { sharedServer } from '../support/mysql.ts';
import { until } from '../support/until.ts';
import { bind, runAll } from './steps.ts';

const { server, skip } = await sharedServer('mariadb');

describe('MariaDB in the editor', { skip }, () => {
  const window = useEditor({ files: { 'shop.sql': 'SELECT 1;\n' } });
  const question = (step: number): string => `Add Connection (${String(step)}/11)`;

  it('is added by answering questions, and shows its rows', async () => {
    assert.ok(server);
    const database = await server.createDatabase(`
      CREATE TABLE customers (id bigint unsigned PRIMARY KEY, name varchar(40), credit decimal(10,2), extra json, picture varbinary(8), joined datetime(6));
      INSERT INTO customers VALUES (1, 'Añn 😀', 12.50, '{"a": [1, 2]}', x'00FF', '2024-02-29 12:34:56.789012'), (18446744073709551615, NULL, -0.01, NULL, '', NULL)`);
    const user = await database.createUser();
    const { ui, editor } = window;
    await ui.openContainer('Countersign');
    await ui.command('Countersign: Add Connection…');
    await ui.pick(question(1), 'Production');
    assert.deepEqual((await ui.picks(question(2))).map((label) => label.split(/[ ,]/u)[0]), ['PostgreSQL', 'MySQL', 'MariaDB']);
    await ui.pick(question(2), 'MySQL');
    await ui.input(question(3), database.host);
    await until('the port people expect is offered', async () => (await editor.page.locator('.quick-input-widget:visible .quick-input-box input').inputValue()) === '3306');
    await ui.input(question(4), String(database.port));
    await ui.input(question(5), user.user);
    await ui.input(question(6), database.database);
    await ui.pick(question(7), 'disable');
    await ui.input(question(8), 'shop-maria');
    await ui.input(question(10), user.password);
    // The wrong kind of server is recognised before anything is saved.
    await until('the mistake is named', async () => (await ui.picks(question(11))).join('\n').includes('the server is MariaDB'));
    await ui.pick(question(11), 'Change the Answers');
    await editor.page.locator('.quick-input-title').filter({ hasText: question(3) }).waitFor();
    await editor.page.locator('.quick-input-titlebar .action-label[aria-label^="Back"]').click();
    await ui.pick(question(2), 'MariaDB');
    for (const [step, answer] of [[3, database.host], [4, String(database.port)], [5, user.user], [6, database.database]] as const) await ui.input(question(step), answer);
    await ui.pick(question(7), 'disable');
    await ui.input(question(8), 'shop-maria');
    await ui.input(question(10), user.password);
    await until('it works', async () => (await ui.picks(question(11))).join('\n').includes('MariaDB 1'));
    await editor.screenshot('mysql-tested');
    await ui.pick(question(11), 'Save Connection');
    await bind(ui, 'shop.sql', 'shop-maria');
    await ui.statusSays('countersign.connection', 'PROD shop-maria');
    await runAll(ui, 'SELECT * FROM customers ORDER BY id;');
    const page = await ui.webview(async (frame) => (await frame.locator('[role=grid]').first().innerText()).includes('18446744073709551615'));
    const text = await page.locator('body').innerText();
    for (const value of ['Añn 😀', '12.50', '-0.01', '{"a": [1, 2]}', '0x00FF', '2024-02-29 12:34:56.789012']) assert.ok(text.includes(value), `${value} in ${text}`);
    await editor.screenshot('mysql-rows');
  });

  it('does not send a write while it is read-only', async () => {
    const { ui } = window;
    await runAll(ui, `DELETE FROM customers WHERE id = 1;`);
    const page = await ui.webview('.card-action');
    assert.match(await page.locator('.card').innerText(), /Nothing was sent.*read-only/su);
  });
});
