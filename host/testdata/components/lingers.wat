;; Returns a result and then waits for ever.
(component
  (core module $m
    (import "" "task.return" (func $return (param i32)))
    (import "" "waitable-set.new" (func $new (result i32)))
    (func (export "run") (result i32)
      (call $return (i32.const 42))
      (i32.or (i32.const 2) (i32.shl (call $new) (i32.const 4))))
    (func (export "callback") (param i32 i32 i32) (result i32) unreachable))
  (core func $return (canon task.return (result u32)))
  (core func $new (canon waitable-set.new))
  (core instance $i (instantiate $m (with "" (instance
    (export "task.return" (func $return))
    (export "waitable-set.new" (func $new))))))
  (func (export "run") async (result u32)
    (canon lift (core func $i "run") async (callback (core func $i "callback")))))
