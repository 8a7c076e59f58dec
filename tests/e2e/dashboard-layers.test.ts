import { type DashboardServer, serveDashboard } from '@traceml/display-web'
import { createLiveSourceFixture, type LiveSourceFixture } from '@traceml/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { NO_CHROMIUM, openChromium } from './fixtures/chromium.ts'
import { openPage } from './fixtures/open-page.ts'

const SOON = { timeout: 20_000 }

describe.skipIf(NO_CHROMIUM !== null)('the layers on the dashboard', () => {
  let browser: Browser
  const servers: DashboardServer[] = []
  beforeAll(async () => {
    browser = await openChromium()
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  })
  afterAll(() => browser.close())

  async function serve(source: LiveSourceFixture): Promise<string> {
    const server = await serveDashboard(source, { port: 0 })
    servers.push(server)
    return server.url
  }

  const card = (page: Page): Locator => page.locator('#layers')
  const trail = async (page: Page): Promise<readonly string[]> =>
    card(page).locator('.trail li').allTextContents()
  const names = (page: Page): Promise<readonly string[]> =>
    card(page).locator('.flame-block .name').allTextContents()

  test('nothing of them is there in a run that does not measure them', async () => {
    const { page } = await openPage(browser, await serve(createLiveSourceFixture('straggler')))
    expect(await card(page).count()).toBe(0)
  })

  test('blocks, the largest layers, their worst rank, and what measuring them costs', async () => {
    const source = createLiveSourceFixture('deep')
    const { page, complaints } = await openPage(browser, await serve(source))
    const { body } = source.payload().sections.layers
    await expect
      .poll(() => names(page), SOON)
      .toEqual(expect.arrayContaining(['Whole model', 'encoder', 'head', 'Outside of layers']))
    const text = (await card(page).textContent()) ?? ''
    expect(text).toContain('1 step in 20')
    expect(text).toContain('1.6 %')
    const first = card(page).locator('.layer-table tbody tr').first()
    expect(await first.textContent()).toContain(body?.entries[0]?.name)
    expect(await first.textContent()).toMatch(/r5\s*\+/)
    await first.getByRole('button', { name: 'r5' }).click()
    await page.getByRole('region', { name: 'Rank 5', exact: true }).waitFor()
    await card(page).locator('.table-view summary').click()
    const rows = card(page).locator('.table-view tbody tr')
    await expect.poll(() => rows.count(), SOON).toBe(42)
    expect(await rows.last().textContent()).toContain('Outside of layers')
    expect(complaints).toEqual([])
  })

  test('a block is opened and left by clicks, and stays open through new data and a reload', async () => {
    const source = createLiveSourceFixture('deep')
    const { page } = await openPage(browser, await serve(source))
    await card(page)
      .getByRole('button', { name: /^encoder · 96 layers/ })
      .click()
    await card(page)
      .getByRole('button', { name: /^encoder\.3 · 8 layers/ })
      .click()
    await expect.poll(() => trail(page), SOON).toEqual(['Whole model', 'encoder', '3'])
    await expect
      .poll(() => names(page), SOON)
      .toEqual(expect.arrayContaining(['attention', 'mlp', 'query', 'up']))
    const share = (): Promise<string | null> => card(page).locator('.flame-readout').textContent()
    const before = await share()
    source.advance()
    await expect.poll(share, SOON).not.toBe(before)
    await expect.poll(() => trail(page), SOON).toEqual(['Whole model', 'encoder', '3'])
    await page.reload()
    await card(page).locator('.flame').waitFor()
    await expect.poll(() => trail(page), SOON).toEqual(['Whole model', 'encoder', '3'])
    // A layer without layers in it is looked at among its neighbours.
    await card(page)
      .getByRole('button', { name: /^encoder\.3\.mlp\.up · / })
      .click()
    await expect.poll(() => trail(page), SOON).toEqual(['Whole model', 'encoder', '3', 'mlp'])
    await card(page).locator('.trail').getByRole('button', { name: 'Whole model' }).click()
    await expect.poll(() => trail(page), SOON).toEqual(['Whole model'])
    await expect.poll(() => page.url(), SOON).not.toContain('layer')
  })

  test('the keyboard moves between blocks, opens and leaves them', async () => {
    const { page } = await openPage(browser, await serve(createLiveSourceFixture('deep')))
    const focused = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
    // One stop for all blocks.
    expect(await card(page).locator('.flame-block[tabindex="0"]').count()).toBe(1)
    await card(page)
      .getByRole('button', { name: /^Whole model · / })
      .focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused, SOON).toMatch(/^encoder · 96 layers/)
    await expect
      .poll(() => card(page).locator('.flame-readout').textContent(), SOON)
      .toMatch(/^encoder · /)
    await page.keyboard.press('Enter')
    await expect.poll(() => trail(page), SOON).toEqual(['Whole model', 'encoder'])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused, SOON).toMatch(/^encoder\.1 · /)
    await page.keyboard.press('ArrowUp')
    await expect.poll(focused, SOON).toMatch(/^encoder · /)
    await page.keyboard.press('Escape')
    await expect.poll(() => trail(page), SOON).toEqual(['Whole model'])
    // Arrows that move here move no chart.
    expect(page.url()).not.toContain('steps=')
  })

  test('memory instead of time, also after a reload', async () => {
    const { page } = await openPage(browser, await serve(createLiveSourceFixture('deep')))
    await card(page).getByRole('button', { name: 'Memory', exact: true }).click()
    await expect.poll(() => names(page), SOON).not.toContain('Outside of layers')
    await expect
      .poll(() => card(page).locator('.flame-readout').textContent(), SOON)
      .toMatch(/parameters .*iB/)
    await page.reload()
    await card(page).locator('.flame').waitFor()
    await expect
      .poll(() => card(page).locator('.layer-table').textContent(), SOON)
      .toContain('Memory')
  })

  test('names that would be markup are text, and harm nothing', async () => {
    const source = createLiveSourceFixture('hostile')
    const { page, complaints, foreign } = await openPage(browser, await serve(source))
    await expect
      .poll(() => names(page), SOON)
      .toEqual(expect.arrayContaining(['(no name)', '__proto__']))
    const block = card(page).locator('.flame-block').filter({ hasText: '<script>' }).first()
    await block.click()
    await expect
      .poll(async () => (await trail(page)).at(-1), SOON)
      .toContain('<script>alert("x")</script>')
    expect(await card(page).locator('script, img').count()).toBe(0)
    await page.reload()
    await card(page).locator('.flame').waitFor()
    await expect
      .poll(async () => (await trail(page)).at(-1), SOON)
      .toContain('<script>alert("x")</script>')
    expect(complaints).toEqual([])
    expect(foreign).toEqual([])
  })
})
