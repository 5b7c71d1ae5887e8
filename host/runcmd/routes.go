package runcmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	spinhost "github.com/edgelint/edgelint/host/spin"
)

// announce prints where the application is served, as Spin does.
func (c *Command) announce(url string, state *spinhost.App, router *spinhost.Router) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Serving %s\nAvailable Routes:\n", url)
	routes := router.Routes()
	slices.SortStableFunc(routes, func(x, y spinhost.Route) int { return x.Trigger.Pos.Line - y.Trigger.Pos.Line })
	for _, r := range routes {
		wildcard := ""
		if r.Pattern.IsWildcard() {
			wildcard = " (wildcard)"
		}
		path := strings.TrimSuffix(strings.TrimSuffix(r.Trigger.Route.Pattern, "..."), "/")
		fmt.Fprintf(&b, "  %s: %s%s%s\n", r.ID(), url, path, wildcard)
		if text := state.Description(r.Trigger.Component.Value); text != "" {
			fmt.Fprintf(&b, "    %s\n", text)
		}
	}
	for _, d := range router.Duplicates() {
		fmt.Fprintf(c.Stderr, "edgerun: %s: the route %s of %s has replaced that of %s\n",
			d.Effective.Trigger.Pos, d.Effective.Trigger.Route.Pattern, d.Effective.ID(), d.Replaced.ID())
	}
	_, err := io.WriteString(c.Stdout, b.String())
	return err
}
