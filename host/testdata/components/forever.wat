;; Calls an async function of the host and waits for it.
(component
  (import "forever" (func $forever async))
  (core func $forever (canon lower (func $forever)))
  (core module $m
    (import "" "forever" (func $forever))
    (func (export "run") (call $forever)))
  (core instance $i (instantiate $m (with "" (instance (export "forever" (func $forever))))))
  (func (export "run") async (canon lift (core func $i "run"))))
