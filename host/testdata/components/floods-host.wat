;; Asks the host for streams, and calls it, without end.
(component
  (import "open" (func $open (result (stream u8))))
  (import "forever" (func $forever async))
  (core func $open (canon lower (func $open)))
  (core func $forever (canon lower (func $forever) async))
  (core module $m
    (import "" "open" (func $open (result i32)))
    (import "" "forever" (func $forever (result i32)))
    (func (export "opens") (loop (drop (call $open)) (br 0)))
    (func (export "calls") (loop (drop (call $forever)) (br 0))))
  (core instance $i (instantiate $m (with "" (instance
    (export "open" (func $open))
    (export "forever" (func $forever))))))
  (func (export "opens") async (canon lift (core func $i "opens")))
  (func (export "calls") async (canon lift (core func $i "calls"))))
