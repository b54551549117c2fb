import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Secrets")
struct SecretFolderTests {
    @Test("a secret is its file's text without the final newline")
    func finalNewline() throws {
        let folder = try TemporaryFolder()
        try folder.write("one\n\n", to: "klavi")
        try folder.write("two", to: "certn-legacy")
        try folder.write(" three \n", to: "certn-centric")
        let secrets = try SecretFolder(path: folder.path).secrets(named: [.klavi, .certnLegacy, .certnCentric, .klavi])
        #expect(secrets[.klavi] == Array("one\n".utf8))
        #expect(secrets[.certnLegacy] == Array("two".utf8))
        #expect(secrets[.certnCentric] == Array(" three ".utf8))
    }

    @Test("a missing, an empty and an oversized secret are refused")
    func refused() throws {
        let folder = try TemporaryFolder()
        try folder.write("\n", to: "klavi")
        try folder.write(String(repeating: "x", count: 70_000), to: "certn-centric")
        let secrets = SecretFolder(path: folder.path)
        #expect(throws: SandboxFailure.missingFile(path: folder.path + "/certn-legacy")) {
            try secrets.secrets(named: [.certnLegacy])
        }
        #expect(throws: SandboxFailure.unreadableFile(path: folder.path + "/klavi", problem: "the secret is empty")) {
            try secrets.secrets(named: [.klavi])
        }
        #expect(throws: SandboxFailure.self) { try secrets.secrets(named: [.certnCentric]) }
    }

    @Test("nothing is read where nothing is needed")
    func nothingNeeded() throws {
        #expect(try SecretFolder(path: "/nowhere").secrets(named: []).isEmpty)
    }
}
