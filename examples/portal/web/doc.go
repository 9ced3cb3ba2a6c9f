// Package web is what the areas of the portal share: the layout and its one style sheet, the menu, the session, the
// sign-in page, the error pages and the headers that every answer carries. It knows no area: each one brings its pages
// and its entries of the menu, and says who may see what.
package web
