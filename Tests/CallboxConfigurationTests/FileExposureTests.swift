import Foundation
import HTTPListener
import Providers
import TestKit
import Testing

@testable import CallboxConfiguration

@Suite("Files that others can read or change")
struct FileExposureTests {
    private static func exposure(
        _ content: FileExposure.Content, _ mode: Int, isRoots: Bool = false, isInMemory: Bool = false
    ) -> FileExposure? {
        FileExposure(content, path: "/f", mode: mode, isRoots: isRoots, isInMemory: isInMemory)
    }

    @Test("a secret that only its owner can read is not exposed", arguments: [0o600, 0o400, 0o700, 0o611])
    func privateSecret(mode: Int) {
        #expect(Self.exposure(.secret, mode) == nil)
        #expect(Self.exposure(.secret, mode, isRoots: true) == nil)
    }

    @Test(
        "a secret that others can read or change is exposed",
        arguments: [(0o644, "read"), (0o640, "read"), (0o604, "read"), (0o620, "change"), (0o666, "change")])
    func exposedSecret(mode: Int, action: String) throws {
        let exposure = try #require(Self.exposure(.secret, mode))
        #expect(exposure.problem == "has mode 0\(String(mode, radix: 8)): others can \(action) it")
        #expect(exposure.advice == "chmod 600 /f")
    }

    @Test("a secret file of root may be readable by its group, or by everyone if it is in memory, as in Kubernetes")
    func secretOfRoot() {
        #expect(Self.exposure(.secret, 0o640, isRoots: true) == nil)
        #expect(Self.exposure(.secret, 0o644, isRoots: true, isInMemory: true) == nil)
        #expect(Self.exposure(.secret, 0o444, isRoots: true, isInMemory: true) == nil)
        let advice = "chmod 640 /f, and set its group to that of the service"
        #expect(Self.exposure(.secret, 0o644, isRoots: true)?.advice == advice)
        #expect(Self.exposure(.secret, 0o660, isRoots: true, isInMemory: true)?.advice == advice)
        #expect(Self.exposure(.secret, 0o644, isInMemory: true)?.advice == "chmod 600 /f")
    }

    @Test("a configuration may be readable by others, but not writable")
    func configuration() {
        #expect(Self.exposure(.configuration, 0o644) == nil)
        #expect(Self.exposure(.configuration, 0o755, isRoots: true) == nil)
        #expect(Self.exposure(.configuration, 0o664)?.advice == "chmod go-w /f")
        #expect(Self.exposure(.configuration, 0o646, isRoots: true)?.problem == "has mode 0646: others can change it")
    }

    @Test("the files of every section are checked once; pipes and missing files are skipped")
    func files() throws {
        try TemporaryFolder.with { folder in
            let names = ["callbox.yaml", "klavi", "client", "token", "password", "key", "other-key"]
            for name in names { try Data("x".utf8).write(to: URL(filePath: folder.path(of: name))) }
            #expect(mkfifo(folder.path(of: "pipe"), 0o666) == 0)
            let text = """
                tls: {certificate: chain.pem, key: key}
                journal: {url: "postgres://h/d", password: {file: password}}
                sources:
                  klavi: {secrets: [{file: klavi}, {file: pipe}]}
                  other: {provider: klavi, path: /other, secrets: [{file: klavi}, {file: missing}]}
                """
            let file = folder.path(of: "callbox.yaml")
            var configuration = try ConfigurationFile.parse(text, file: file)
            let api = try #require(configuration.providers.callableAPIs.first { !$0.credentials.isEmpty })
            configuration.apis[api.name]?.texts[api.credentials[0]] = .file(folder.path(of: "client"))
            configuration.replication.token = .file(folder.path(of: "token"))
            configuration.replication.tls = configuration.tls
            configuration.replication.tls?.keyFile = folder.path(of: "other-key")
            for name in names { #expect(chmod(folder.path(of: name), 0o600) == 0) }
            #expect(configuration.exposedFiles.isEmpty)
            for name in names + ["pipe"] { #expect(chmod(folder.path(of: name), 0o666) == 0) }
            let exposed = configuration.exposedFiles
            #expect(
                exposed.map { ($0.path as NSString).lastPathComponent } == [
                    "callbox.yaml", "klavi", "client", "token", "password", "key", "other-key",
                ])
            #expect(exposed.map(\.content) == [.configuration] + [FileExposure.Content](repeating: .secret, count: 6))
        }
    }
}
