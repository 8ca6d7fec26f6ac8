import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority of a test, by the program `openssl`: Node itself can read certificates and not issue them. */
export class CertificateAuthority implements Certificate {
  readonly certFile: string;
  readonly keyFile: string;

  /**
   * @param dir folder that receives the authority and what it issues; made when it is missing
   * @throws when `openssl` cannot be run
   */
  constructor(
    private readonly dir: string,
    name: string,
  ) {
    mkdirSync(dir, { recursive: true });
    this.certFile = join(dir, 'ca.crt');
    this.keyFile = join(dir, 'ca.key');
    openssl(['req', '-x509', ...newKey(this.keyFile), '-subj', `/CN=${name}`, '-days', '2', '-out', this.certFile]);
  }

  /**
   * A certificate for servers and clients, valid for two days.
   * @param file name of its files without extension @default the common name
   * @param names subject alternative names, such as `DNS:localhost`; none for a client alone
   */
  issue(commonName: string, names: readonly string[], file = commonName): Certificate {
    const [certFile, keyFile, request, extensions] = ['crt', 'key', 'csr', 'cnf'].map((ext) =>
      join(this.dir, `${file}.${ext}`),
    ) as [string, string, string, string];
    const alternatives = names.length > 0 ? `subjectAltName=${names.join(',')}\n` : '';
    writeFileSync(extensions, `extendedKeyUsage=serverAuth,clientAuth\n${alternatives}`);
    openssl(['req', '-new', ...newKey(keyFile), '-subj', `/CN=${commonName}`, '-out', request]);
    const authority = ['-CA', this.certFile, '-CAkey', this.keyFile, '-CAcreateserial'];
    openssl(['x509', '-req', '-in', request, ...authority, '-days', '2', '-extfile', extensions, '-out', certFile]);
    return { certFile, keyFile };
  }
}

function newKey(file: string): readonly string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];
}

function openssl(args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (error) throw new Error(`\`openssl\` cannot be run: ${error.message}. Install it and put it on PATH.`);
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
}
