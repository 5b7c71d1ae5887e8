;; A command of WASI 0.3 only: it exits with status 7.
(component
  (import "wasi:cli/exit@0.3.0" (instance $exit (export "exit-with-code" (func (param "status-code" u8)))))
  (core func $exit (canon lower (func $exit "exit-with-code")))
  (core func $return (canon task.return (result (result))))
  (core module $m
    (import "" "exit" (func $exit (param i32)))
    (import "" "task.return" (func $return (param i32)))
    (func (export "run") (result i32)
      (call $exit (i32.const 7))
      (call $return (i32.const 0))
      (i32.const 0))
    (func (export "callback") (param i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m (with "" (instance
    (export "exit" (func $exit))
    (export "task.return" (func $return))))))
  (func $run async (result (result))
    (canon lift (core func $i "run") async (callback (core func $i "callback"))))
  (instance (export "wasi:cli/run@0.3.0") (export "run" (func $run))))
