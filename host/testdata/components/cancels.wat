;; Cancels a task while another one of the same instance is ready to go on; returns what
;; subtask.cancel says.
(component
  (component $C
    (core module $m
      (import "" "set.new" (func $set.new (result i32)))
      (import "" "task.return" (func $task.return))
      (import "" "task.cancel" (func $task.cancel))
      (import "" "yield" (func $yield (result i32)))
      (func (export "yields") (drop (call $yield)) (call $task.return))
      (func (export "waits") (result i32)
        (i32.or (i32.const 2 (; WAIT ;)) (i32.shl (call $set.new) (i32.const 4))))
      (func (export "callback") (param $event i32) (param i32 i32) (result i32)
        (if (i32.ne (local.get $event) (i32.const 6 (; TASK_CANCELLED ;))) (then unreachable))
        (call $task.cancel)
        (i32.const 0 (; EXIT ;))))
    (core func $set.new (canon waitable-set.new))
    (core func $task.return (canon task.return))
    (core func $task.cancel (canon task.cancel))
    (core func $yield (canon thread.yield))
    (core instance $i (instantiate $m (with "" (instance
      (export "set.new" (func $set.new))
      (export "task.return" (func $task.return))
      (export "task.cancel" (func $task.cancel))
      (export "yield" (func $yield))))))
    (func (export "yields") async (canon lift (core func $i "yields") async))
    (func (export "waits") async
      (canon lift (core func $i "waits") async (callback (core func $i "callback")))))
  (instance $c (instantiate $C))
  (core func $yields (canon lower (func $c "yields") async))
  (core func $waits (canon lower (func $c "waits") async))
  (core func $subtask.cancel (canon subtask.cancel async))
  (core module $M
    (import "" "yields" (func $yields (result i32)))
    (import "" "waits" (func $waits (result i32)))
    (import "" "subtask.cancel" (func $subtask.cancel (param i32) (result i32)))
    (func (export "run") (result i32)
      (drop (call $yields))
      (call $subtask.cancel (i32.shr_u (call $waits) (i32.const 4)))))
  (core instance $m (instantiate $M (with "" (instance
    (export "yields" (func $yields))
    (export "waits" (func $waits))
    (export "subtask.cancel" (func $subtask.cancel))))))
  (func (export "run") async (result u32) (canon lift (core func $m "run"))))
