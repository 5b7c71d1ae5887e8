// Package host runs components on wazero, without cgo.
//
//	engine, err := host.NewEngine(ctx, host.Options{})
//	if err != nil {
//		return err
//	}
//	defer engine.Close(ctx)
//	app, err := engine.Compile(ctx, file, imports)
//	if err != nil {
//		return err
//	}
//	instance, err := app.Instantiate(ctx)
//	if err != nil {
//		return err
//	}
//	defer instance.Close(ctx)
//	result, err := instance.Call(ctx, "example:words/count@0.1.0#count", abi.String("two words"))
//
// A component that handles HTTP requests is served by a [Handler].
//
// A component is run in three steps, each a value of its own: compiling links it
// and makes machine code, once; instantiating is cheap, and instances share
// nothing; calling lowers arguments and lifts results. A trap ends an instance:
// every later call of it fails.
package host
