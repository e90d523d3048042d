/** Style sheets are imported for their side effect: the bundler writes one sheet beside each page's script. */
declare module '*.css';
