import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/charts.css'
import './styles/cards.css'
import './styles/layers.css'
import './styles/layout.css'
import { App, isHelpOpen } from './app.js'
import { connect } from './data/connection.js'
import { listenToKeys } from './keyboard.js'
import { startShowing } from './state/live-state.js'
import { startTheme } from './state/theme.js'
import { keepUiStateInAddress } from './state/ui-state.js'

startTheme(window)
keepUiStateInAddress(window)
startShowing()
listenToKeys(window, {
  toggle: () => isHelpOpen.set(!isHelpOpen.get()),
  close: () => {
    const wasOpen = isHelpOpen.get()
    isHelpOpen.set(false)
    return wasOpen
  },
})
connect()
render(<App />, document.body)
