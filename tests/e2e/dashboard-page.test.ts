import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type DashboardServer, serveDashboard } from '@traceml/display-web'
import {
  createLiveSourceFixture,
  type LiveFixtureName,
  type LiveSourceFixture,
} from '@traceml/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { NO_CHROMIUM, openChromium } from './fixtures/chromium.ts'
import { openPage } from './fixtures/open-page.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const LOOKS: readonly (readonly [LiveFixtureName, 'light' | 'dark'])[] = [
  ['straggler', 'light'],
  ['straggler', 'dark'],
  ['lost_node', 'light'],
  ['ended', 'dark'],
  ['watch', 'light'],
  ['waiting', 'dark'],
  ['section_error', 'light'],
  ['deep', 'light'],
  ['deep', 'dark'],
]

if (NO_CHROMIUM !== null) console.warn(`the tests of the page are skipped: ${NO_CHROMIUM}`)

describe.skipIf(NO_CHROMIUM !== null)('the page of the dashboard', () => {
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

  async function serve(source: LiveSourceFixture, port = 0): Promise<DashboardServer> {
    const server = await serveDashboard(source, { port })
    servers.push(server)
    return server
  }

  const newestStep = (page: Page): Promise<number> =>
    page
      .locator('.progress dd')
      .first()
      .evaluate((element) => Number(element.firstChild?.textContent?.replace(/\D/g, '')))

  test('opens with the verdict, draws what is new, and asks nobody else for anything', async () => {
    const source = createLiveSourceFixture('straggler')
    const { url } = await serve(source)
    const { page, complaints, foreign } = await openPage(browser, url)
    const { verdict } = source.payload()
    await page.getByRole('heading', { name: verdict.status }).waitFor()
    const text = await page.locator('.verdict').textContent()
    expect(text).toContain(verdict.summary)
    expect(text).toContain(verdict.action)
    expect(text).toMatch(/confidence\s+high/)
    const before = await newestStep(page)
    expect(before).toBe(source.payload().progress.steps_completed)
    source.advance()
    await expect.poll(() => newestStep(page)).toBe(source.payload().progress.steps_completed)
    expect(await newestStep(page)).toBeGreaterThan(before)
    expect(foreign).toEqual([])
    expect(complaints).toEqual([])
  })

  test('finds its server again after that was stopped and started', async () => {
    const source = createLiveSourceFixture('straggler')
    const first = await serve(source)
    const { page } = await openPage(browser, first.url)
    await first.stop()
    await page.getByRole('alert').getByText('lost its server').waitFor()
    await expect
      .poll(() => page.locator('header .chip').first().textContent())
      .toMatch(/disconnected/)
    source.advance()
    await serve(source, first.port)
    await expect
      .poll(() => newestStep(page), { timeout: 60_000 })
      .toBe(source.payload().progress.steps_completed)
    await expect.poll(() => page.getByRole('alert').count()).toBe(0)
  })

  test('a pause holds everything still, also over a reload, until it is resumed', async () => {
    const source = createLiveSourceFixture('straggler')
    const { url } = await serve(source)
    const { page } = await openPage(browser, url)
    await page.keyboard.press('p')
    const held = await newestStep(page)
    source.advance()
    await page.getByRole('button', { name: 'Resume (1 newer)' }).waitFor()
    expect(await newestStep(page)).toBe(held)
    expect(page.url()).toContain('#paused')
    await page.reload()
    await page.getByRole('button', { name: 'Resume' }).click()
    source.advance()
    await expect.poll(() => newestStep(page)).toBe(source.payload().progress.steps_completed)
  })

  test('a zoom by dragging stays through new data and a reload, and is undone', async () => {
    const source = createLiveSourceFixture('straggler', 300)
    const { url } = await serve(source)
    const { page } = await openPage(browser, url)
    const box = await page.locator('.step-charts .u-over').first().boundingBox()
    if (box === null) throw new Error('there is no chart')
    await page.mouse.move(box.x + box.width * 0.25, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 5 })
    await page.mouse.up()
    const chosen = page.locator('.chosen')
    await chosen.waitFor()
    const range = await chosen.textContent()
    for (let tick = 0; tick < 3; tick += 1) source.advance()
    await expect.poll(() => newestStep(page)).toBe(source.payload().progress.steps_completed)
    expect(await chosen.textContent()).toBe(range)
    await page.reload()
    expect(await chosen.textContent()).toBe(range)
    await page.getByRole('button', { name: 'Follow again' }).click()
    await chosen.waitFor({ state: 'detached' })
    await page.keyboard.press('+')
    await chosen.waitFor()
    await page.keyboard.press('f')
    await chosen.waitFor({ state: 'detached' })
  })

  test('the whole run is shown by its extremes, and as a table', async () => {
    const source = createLiveSourceFixture('straggler', 300)
    const { url } = await serve(source)
    const { page } = await openPage(browser, url)
    await page.getByRole('button', { name: 'Whole run' }).click()
    await expect
      .poll(() => page.locator('.step-charts .readout').first().textContent())
      .toMatch(/highest/)
    await page.locator('#step-time summary').first().click()
    const rows = page.locator('#step-time .table-view tbody tr')
    await expect.poll(() => rows.count()).toBe(60)
  })

  test('a rank is looked at from close up, by its row, by its cell and by the keyboard', async () => {
    const source = createLiveSourceFixture('straggler')
    const { url } = await serve(source)
    const { page } = await openPage(browser, url)
    await page.getByRole('button', { name: 'r5' }).click()
    const detail = page.getByRole('region', { name: 'Rank 5', exact: true })
    await detail.getByText('Peak reserved').waitFor()
    await detail.locator('.step-charts canvas').first().waitFor()
    expect(await detail.textContent()).toMatch(/node 0 · local rank 5/)
    expect(page.url()).toContain('#rank=5')
    await page.keyboard.press(']')
    await page.getByRole('region', { name: 'Rank 6', exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.detail').count()).toBe(0)
    const map = page.locator('.heat canvas')
    await map.hover({ position: { x: 100, y: 5 } })
    await page.getByText(/^Rank 0, step \d+: own time/).waitFor()
    await map.click({ position: { x: 100, y: 5 } })
    await page.getByRole('region', { name: 'Rank 0', exact: true }).waitFor()
    await page
      .getByRole('region', { name: 'Output of rank 0' })
      .getByText(/rank 0 step \d+ loss/)
      .first()
      .waitFor()
  })

  test('hostile names and lines are texts', async () => {
    const source = createLiveSourceFixture('hostile')
    const { url } = await serve(source)
    const { page, complaints, foreign } = await openPage(browser, `${url}#rank=1`)
    source.advance()
    await expect.poll(() => page.locator('.log p').count()).toBeGreaterThan(10)
    await expect
      .poll(() => page.locator('h1').textContent())
      .toContain('<script>alert("x")</script>')
    expect(await page.locator('body img, body script').count()).toBe(0)
    expect(complaints).toEqual([])
    expect(foreign).toEqual([])
  })

  test('a stalled rank is named with its last step', async () => {
    const source = createLiveSourceFixture('stalled')
    const { url } = await serve(source)
    const { page } = await openPage(browser, url)
    await page.getByRole('heading', { name: 'STALLED' }).waitFor()
    const row = page.locator('#ranks tbody tr', { has: page.getByRole('button', { name: 'r3' }) })
    expect(await row.textContent()).toMatch(/stalled/)
    expect(await row.textContent()).toContain(String(source.payload().ranks[3]?.last_step))
  })

  test('a lost node is named, and the others are there', async () => {
    const { url } = await serve(createLiveSourceFixture('lost_node'))
    const { page } = await openPage(browser, url)
    const nodes = page.locator('.folded-node > summary')
    expect(await nodes.count()).toBe(4)
    expect(await nodes.nth(2).textContent()).toMatch(/lost/)
    expect(await nodes.nth(0).textContent()).toMatch(/live/)
    await nodes.nth(2).click()
    await page.locator('.folded-node .gpus').waitFor()
  })

  test('an ended run says so and where its report is, with and without its server', async () => {
    const server = await serve(createLiveSourceFixture('ended'))
    const { page } = await openPage(browser, server.url)
    await page.getByText('/runs/logs/session/final_summary.txt').waitFor()
    await server.stop()
    await page.getByText(/The run has ended and its server has stopped/).waitFor()
    expect(await page.locator('header .chip').first().textContent()).toMatch(/ended/)
  })

  test('a section that failed says so, and the others are there', async () => {
    const { url } = await serve(createLiveSourceFixture('section_error'))
    const { page } = await openPage(browser, url)
    await page
      .locator('#memory')
      .getByText(/could not be computed/)
      .waitFor()
    await page.locator('#step-time .step-charts').waitFor()
  })

  test.each(LOOKS)('no accessibility rule is broken: %s, %s', async (name, colorScheme) => {
    const { url } = await serve(createLiveSourceFixture(name, 60))
    const { page, complaints } = await openPage(browser, `${url}#rank=0`, { colorScheme })
    const tables = page.locator('.table-view summary')
    if ((await tables.count()) > 0) await tables.first().click()
    // The policy of the page forbids scripts that it did not bring; the debugger may run them.
    await page.evaluate(readFileSync(AXE, 'utf8'))
    const found = await page.evaluate(async () => {
      interface Violation {
        readonly id: string
        readonly nodes: readonly { readonly html: string }[]
      }
      const { axe } = globalThis as unknown as {
        axe: { run(where: Document, options: object): Promise<{ violations: Violation[] }> }
      }
      const { violations } = await axe.run(document, { resultTypes: ['violations'] })
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
    })
    expect(found).toEqual([])
    expect(complaints).toEqual([])
  })

  test.each(['straggler', 'hostile', 'many_ranks', 'deep'] as const)(
    'fits a phone without scrolling sideways: %s',
    async (name) => {
      const { url } = await serve(createLiveSourceFixture(name))
      const { page } = await openPage(browser, `${url}#rank=1`, {
        viewport: { width: 375, height: 812 },
      })
      const widths = await page.evaluate(() => ({
        page: document.documentElement.scrollWidth,
        window: innerWidth,
      }))
      expect(widths.page).toBe(widths.window)
    },
  )

  test('the colours that were chosen are there at the next visit', async () => {
    const { url } = await serve(createLiveSourceFixture('single'))
    const { page } = await openPage(browser, url, { colorScheme: 'light' })
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await background()
    await page.keyboard.press('t')
    await page.keyboard.press('t')
    await expect.poll(background).not.toBe(light)
    const dark = await background()
    await page.reload()
    await expect.poll(background).toBe(dark)
  })
})
