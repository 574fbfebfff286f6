/** JavaScript: objects, data, iteration, events. Calls of JavaScript do what they like, but never unwind. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const CALLS = { effect: "writes", errors: "sees" } as const;
const FORM = { effect: "writes", errors: "sees", internal: true } as const;
const WRITES = { effect: "writes" } as const;
const SUSPENDS = { effect: "suspends" } as const;

export const interopSignatures: readonly Signature[] = [
  ...describe("interop/object", [
    ["js/expression", "expression", "code", "any", "What the forms (js ..) become.", FORM],
    ["js/global", "global", "name", "any", "What the names js/.. become.", FORM],
    ["js/method", "method", "name object & args", "any", "What the forms (.method ..) become.", FORM],
    ["js/field", "field", "name object", "any", "What the forms (.-field ..) become.", FORM],
    ["js/field!", "setField", "name object value", "any", "What the forms (.-field! ..) become.", FORM],
    ["js/new", "construct", "class & args", "any", "What the form new becomes.", FORM],
    ["js/get", "get", "object name", "any", "A property whose name is computed.", WRITES],
    ["js/set!", "put", "object name value", "nil", "Sets a property; gives nil.", CALLS],
    ["js/has?", "has", "object name", "number", "1 if the object has the property.", WRITES],
    ["js/delete!", "remove", "object name", "nil", "Removes a property; gives nil.", WRITES],
    ["js/keys", "keys", "object", "nil cons", "The names of the object's own properties, as strings.", WRITES],
    ["js/instance?", "isInstance", "object class", "number", "1 if the object is an instance of the class.", CALLS],
    ["js/typeof", "typeName", "x", "string", "What JavaScript's typeof gives.", { errors: "sees", fails: false }],
  ]),
  ...describe("interop/data", [
    ["js/obj", "object", "& pairs", "other", "A JavaScript object with these properties.", CALLS],
    ["js/array", "array", "& items", "other", "A JavaScript array of these values.", { ...CALLS, fails: false }],
    ["->js", "toData", "x", "any", "Data for JavaScript: lists become arrays, plists objects.", WRITES],
    ["<-js", "fromData", "x", "any", "Data of JavaScript: arrays become lists, objects plists.", WRITES],
  ]),
  ...describe("interop/iteration", [
    ["js/list", "listOf", "iterable", "nil cons", "The values of an iterable, as a list.", WRITES],
    ["js/iterator", "iterator", "iterable", "ref", "An iterator of an iterable, async or not, or of a list.", WRITES],
    ["js/next", "next", "iterator [end]", "any", "The next value, or end (nil) after the last.", SUSPENDS],
    ["js/return", "close", "iterator", "nil", "Ends an iterator early.", SUSPENDS],
  ]),
  ...describe("interop/generator", [
    ["js/generator", "generator", "f", "other", "An async iterator of what f yields: f takes yield.", WRITES],
    ["js/promise", "asPromise", "x", "other", "A promise of a Handle or value.", CALLS],
  ]),
  ...describe("interop/signal", [
    ["js/abortable", "abortable", "signal f", "any", "Runs f until the AbortSignal aborts.", SUSPENDS],
    ["js/signal", "signal", "", "other", "An AbortSignal that aborts when this fiber is cancelled.", SUSPENDS],
  ]),
  ...describe("interop/event", [
    ["js/once", "once", "[system] emitter name [options] [k]", "nil function", "Waits for one event.", WRITES],
  ]),
];
