// Package lint judges WebAssembly components: it opens an artifact once, lets
// rules read its facts, and gathers what they find.
//
//	report, err := lint.Run(ctx, []lint.Source{lint.Path("app.wasm")}, rules.All(), lint.Options{})
//	if err != nil {
//		return err // an input could not be read
//	}
//	for _, f := range report.Findings {
//		fmt.Println(f.Severity, f.Rule.ID, f.Message)
//	}
//
// A source is a binary, or the manifest of a Spin application with the binaries of
// its components: see [Path], [Manifest] and [App].
//
// A [Rule] is data with a function; a [Pass] is what the function sees: the
// artifact with its shared, lazily computed facts, and a way to report. The rules
// of edgelint are in package lint/rules, writers of reports in lint/report, the
// command line in lint/lintcmd, and the test harness for rules in lint/linttest.
package lint
