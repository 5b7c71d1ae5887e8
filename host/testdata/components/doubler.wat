;; Imports fixtures:calc/add, and exports a function and, once more, what it imports.
(component
  (import "fixtures:calc/add@1.0.0" (instance $calc
    (export "add" (func (param "a" u32) (param "b" u32) (result u32)))))
  (core func $lowered (canon lower (func $calc "add")))
  (core module $m
    (import "calc" "add" (func $add (param i32 i32) (result i32)))
    (func (export "twice") (param i32) (result i32) (call $add (local.get 0) (local.get 0)))
    (func (export "add") (param i32 i32) (result i32)
      (call $add (call $add (local.get 0) (local.get 1)) (i32.const 1))))
  (core instance $i (instantiate $m
    (with "calc" (instance (export "add" (func $lowered))))))
  (func (export "twice") (param "x" u32) (result u32) (canon lift (core func $i "twice")))
  (func $add (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (instance $again (export "add" (func $add)))
  (export "fixtures:calc/add@1.0.0" (instance $again)))
