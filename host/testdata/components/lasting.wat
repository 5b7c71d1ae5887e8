;; A table that the guest writes: such an instance cannot be reset.
(component
  (core module $m
    (table $t 1 funcref)
    (global $n (mut i32) (i32.const 0))
    (func $f)
    (elem declare func $f)
    (func (export "count") (result i32)
      (table.set $t (i32.const 0) (ref.func $f))
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (global.get $n))
  )
  (core instance $i (instantiate $m))
  (func (export "count") (result u32) (canon lift (core func $i "count")))
)
