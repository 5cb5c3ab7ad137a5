/** The bundled company, read and attributed once for the tests of a file. */
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {attributeStore} from '../../src/engine/run.ts'
import {loadModel} from '../../src/server/model/load.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForWriting} from '../../src/store/open.ts'
import type {WritableStore} from '../../src/store/query.ts'

export async function company(): Promise<WritableStore> {
  const store = openForWriting(':memory:')
  await ingestFiles(store, await listFiles(['fixtures/acme'], process.cwd()), {price: priceRows({})})
  attributeStore(store, {model: loadModel({}, '').model})
  return store
}
