;; Returns a result, and computes without end in its next turn.
(component
  (core module $m
    (import "" "task.return" (func $return (param i32)))
    (func (export "run") (result i32)
      (call $return (i32.const 42))
      (i32.const 1 (; YIELD ;)))
    (func (export "callback") (param i32 i32 i32) (result i32)
      (loop (br 0))
      unreachable))
  (core func $return (canon task.return (result u32)))
  (core instance $i (instantiate $m (with "" (instance (export "task.return" (func $return))))))
  (func (export "run") async (result u32)
    (canon lift (core func $i "run") async (callback (core func $i "callback")))))
