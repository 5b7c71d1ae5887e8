;; Supplies fixtures:calc/add with other types, and fixtures:calc/empty with nothing in it.
(component
  (core module $m
    (func (export "add") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m))
  (func $add (param "a" u32) (result u32) (canon lift (core func $i "add")))
  (instance $calc (export "add" (func $add)))
  (instance $empty)
  (export "fixtures:calc/add@1.0.0" (instance $calc))
  (export "fixtures:calc/empty" (instance $empty)))
