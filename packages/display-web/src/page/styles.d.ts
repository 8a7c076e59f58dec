/** Style sheets are put into the page by its bundler. */
declare module '*.css'
