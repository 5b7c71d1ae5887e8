package spin

import (
	"context"
	"errors"

	"github.com/edgelint/edgelint/host/bind"
)

// sqliteV3 is the interface of the sqlite package that has async functions, too.
const sqliteV3 = "spin:sqlite/sqlite@3.1.0"

func (g *grants) addSQLite(imports *bind.Imports) {
	gate := newGate(imports, MaxConnections)
	open := bind.Func1(func(ctx context.Context, label string) (bind.Result[*connection, sqliteError], error) {
		return g.openConnection(ctx, gate, label)
	})
	for _, name := range []string{"fermyon:spin/sqlite@2.0.0", sqliteV3} {
		i := imports.Interface(name)
		bind.Resource(i, "connection", func(_ context.Context, c *connection) error {
			c.close()
			return nil
		})
		i.Func("[static]connection.open", open)
		i.Func("[method]connection.execute", bind.Func3(execute))
	}
	v3 := imports.Interface(sqliteV3)
	changes := bind.Func1(func(ctx context.Context, c *connection) (uint64, error) { return c.changes(ctx) })
	rowID := bind.Func1(func(ctx context.Context, c *connection) (int64, error) { return c.lastInsertRowID(ctx) })
	v3.Func("[method]connection.changes", changes)
	v3.Func("[method]connection.changes-async", changes)
	v3.Func("[method]connection.last-insert-rowid", rowID)
	v3.Func("[method]connection.last-insert-rowid-async", rowID)
	v3.Func("[static]connection.open-async", open)
	v3.Func("[method]connection.execute-async", bind.Func3(executeAsync))
}

// openConnection opens a database that the manifest grants.
func (g *grants) openConnection(ctx context.Context, gate *gate, label string) (
	bind.Result[*connection, sqliteError], error,
) {
	if !g.permits(g.component.SQLiteDatabases, "sqlite_databases", label, "SQLite database") {
		return bind.Err[*connection](sqliteError{Case: sqliteAccessDenied}), nil
	}
	leave, err := gate.enter(ctx)
	if err != nil {
		return bind.Err[*connection](sqliteErrorOf(errTooMany)), nil
	}
	return bind.Ok[sqliteError](&connection{countedConnection{g.app.databases[label].connect(), leave}}), nil
}

// countedConnection is a connection that its instance has one of less once it is
// closed.
type countedConnection struct {
	sqlConnection
	leave func()
}

func (c countedConnection) close() {
	c.sqlConnection.close()
	c.leave()
}

func execute(ctx context.Context, c *connection, statement string, params []sqliteValue) (
	bind.Result[queryResult, sqliteError], error,
) {
	result, err := c.execute(ctx, statement, params)
	return outcome(result, err, sqliteErrorOf)
}

// sqliteEnd is how a query of execute-async ended.
type sqliteEnd = bind.Result[bind.Unit, sqliteError]

func sqliteEndOf(err error) sqliteEnd {
	end, _ := outcome(bind.Unit{}, err, sqliteErrorOf)
	return end
}

// asyncResult is the result of execute-async.
type asyncResult = bind.Tuple3[[]string, *bind.Stream[rowResult], *bind.Future[sqliteEnd]]

// executeAsync begins a statement. What goes wrong, even with its text, comes with
// the future, as in Spin.
func executeAsync(ctx context.Context, c *connection, statement string, params []sqliteValue) (
	bind.Result[asyncResult, sqliteError], error,
) {
	// The rows outlive this call, but not the caller.
	rowsCtx, cancel := context.WithCancel(bind.CallerContext(ctx))
	stop := context.AfterFunc(ctx, cancel)
	columns, rows, err := c.start(rowsCtx, statement, params)
	if !stop() && err == nil {
		rows.close()
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		return bind.Ok[sqliteError](asyncResult{
			V0: []string{}, V1: bind.NewStream[rowResult](nil), V2: bind.Ready(sqliteEndOf(err)),
		}), nil
	}
	promise, end := bind.NewPromise[sqliteEnd]()
	produce := func(w *bind.Writer[rowResult]) error { return copyRows(w, rows) }
	stream := streamTo(ctx, produce, func(err error) {
		rows.close()
		cancel()
		promise.Resolve(sqliteEndOf(err))
	})
	return bind.Ok[sqliteError](asyncResult{V0: columns, V1: stream, V2: end}), nil
}

// batchRows is how many rows are given to a component at once.
const batchRows = 64

func copyRows(w *bind.Writer[rowResult], rows rowReader) error {
	batch := make([]rowResult, 0, batchRows)
	size := 0
	for {
		row, ok, err := rows.next()
		if err != nil {
			return err
		}
		if ok {
			batch = append(batch, row)
			size += row.size()
		}
		if row.size() > MaxResultBytes {
			return errTooLarge
		}
		if len(batch) > 0 && (!ok || len(batch) == cap(batch) || size > MaxResultBytes) {
			switch _, err := w.Write(batch); {
			case errors.Is(err, bind.ErrDropped):
				return errors.New("the rows were dropped before all of them were read")
			case err != nil:
				return err
			}
			batch, size = batch[:0], 0
		}
		if !ok {
			return nil
		}
	}
}
