// Package spin offers Spin's host interfaces to components that package host
// runs: variables, key-value stores, SQLite databases, language models, and the
// permission to send requests and to connect to servers of Redis, PostgreSQL, MySQL
// and MQTT, each only as far as the application's manifest grants it.
//
//	app, err := spin.NewApp(ctx, manifest, spin.Config{StateDir: ".spin"})
//	if err != nil {
//		return err
//	}
//	defer app.Close()
//	ids, err := app.Components()
//	for _, id := range ids {
//		parts, err := app.Parts(ctx, id, wasi.Config{})
//		// open the parts' files, compile what Plugs says of them by host.Engine.Compose,
//		// and make an http.Handler of it
//	}
//	router, err := app.NewRouter(handlers)
//	err = http.Serve(listener, router)
//
// Messages of Redis channels come by [App.RedisTriggers] and [ListenRedis].
//
// A component with dependencies or middleware is composed of several parts, each
// with the permissions that it inherits.
//
// What is not granted is refused in-band, by the error that each interface has for
// it, and Config.Denied is told with the line of the manifest that would grant it.
package spin
