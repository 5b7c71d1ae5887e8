;; Functions that do not return for a long time, and a call of the host that blocks.
(component
  (import "block" (func $block))
  (core func $block-core (canon lower (func $block)))
  (core module $m
    (import "host" "block" (func $block))
    (func (export "loop") (loop (br 0)))
    ;; calls itself twice, 2^40 calls in all, without a loop
    (func $fork (export "fork") (param i32)
      (if (i32.eqz (local.get 0)) (then (return)))
      (call $fork (i32.sub (local.get 0) (i32.const 1)))
      (call $fork (i32.sub (local.get 0) (i32.const 1))))
    (func (export "deep") (call $deep))
    (func $deep (call $deep) (call $deep))
    (func (export "wait") (call $block))
    (func (export "fine"))
  )
  (core instance $i (instantiate $m (with "host" (instance (export "block" (func $block-core))))))
  (func (export "loop") (canon lift (core func $i "loop")))
  (func (export "fork") (param "depth" u32) (canon lift (core func $i "fork")))
  (func (export "deep") (canon lift (core func $i "deep")))
  (func (export "wait") (canon lift (core func $i "wait")))
  (func (export "fine") (canon lift (core func $i "fine")))
)
