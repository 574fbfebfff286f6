/** Names that a module has from other Valk modules, as all phases look them up. */

export interface ImportedName {
  /** Id of the module. */
  readonly module: string;
  /** Its name there. */
  readonly name: string;
}

export interface Imports {
  /** Name here -> where it is from. */
  readonly names: ReadonlyMap<string, ImportedName>;
  /** `(import * s "./x.valk")`: s -> the id of the module, whose exports are called `s/name` here. */
  readonly namespaces: ReadonlyMap<string, string>;
}

export const NO_IMPORTS: Imports = { names: new Map(), namespaces: new Map() };

/** Where a name is from, whether or not the module there has it; undefined: it is no imported name. */
export function importOf(name: string, { names, namespaces }: Imports): ImportedName | undefined {
  const named = names.get(name);
  if (named !== undefined || namespaces.size === 0) return named;
  // A namespace may have a slash in its own name: the longest wins.
  for (let at = name.lastIndexOf("/"); at > 0; at = name.lastIndexOf("/", at - 1)) {
    const module = namespaces.get(name.slice(0, at));
    if (module !== undefined && at < name.length - 1) return { module, name: name.slice(at + 1) };
  }
  return undefined;
}

/** What a module's export is called where the module is `namespace`. */
export const nameIn = (namespace: string, name: string): string => `${namespace}/${name}`;
