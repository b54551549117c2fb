import Deliveries
import Foundation
import Journal
import ReportIndex
import TestKit

/// An archive, its server, and the port for followers.
final class ReplicationNode {
    let bench: Workbench
    let port: Int
    private let adminPort: Int
    private let token: [String: String]
    private let scheme: String

    init(
        acknowledgesAfter: String = "commit", host: String = "127.0.0.1", certificate: SelfSignedCertificate? = nil
    ) throws {
        port = try RawReceiver.freePort()
        adminPort = try RawReceiver.freePort()
        token = ["CALLBOX_REPLICATION_TOKEN": String(repeating: "t", count: 32)]
        scheme = certificate == nil ? "http" : "https"
        bench = try Workbench(
            """
            sources: {klavi: {verify: none}}
            admin: {listen: "127.0.0.1:\(adminPort)"}
            replication:
              node: copy
              listen: \(host):\(port)
              token: {env: CALLBOX_REPLICATION_TOKEN}
              acknowledge-after: \(acknowledgesAfter)

            """ + (certificate.map { "  tls: {certificate: \($0.path), key: \($0.key)}\n" } ?? ""))
    }

    var url: String { "\(scheme)://127.0.0.1:\(port)" }

    private func flags(_ first: [String]) -> [String] {
        first + ["--config", bench.configuration, "--archive", bench.archive]
    }

    func serve() throws -> RunningServer {
        try RunningServer("callbox", flags(["serve", "--listen", "127.0.0.1:0"]), environment: token)
    }

    /// - Parameter url: the URL of the primary; nil for its real URL.
    func follow(_ primary: ReplicationNode, at url: String? = nil, _ more: String...) throws -> RunningServer {
        try RunningServer("callbox", flags(["follow", "--from", url ?? primary.url] + more), environment: token)
    }

    func run(_ arguments: String...) throws -> BuiltBinary.Result {
        try run(arguments)
    }

    func run(_ arguments: [String]) throws -> BuiltBinary.Result {
        try BuiltBinary.run("callbox", flags(arguments), environment: token)
    }

    func metrics() throws -> String {
        String(decoding: try LoopbackHTTP(port: adminPort).get("/metrics").body, as: UTF8.self)
    }

    func body(_ id: Int64) throws -> [UInt8]? {
        try ArchiveReader(ArchiveDirectory(path: bench.archive)).delivery(DeliveryID(rawValue: id))?.request.body
    }
}

/// A new self-signed certificate for 127.0.0.1. The files of the certificate are deleted when this object is released.
final class SelfSignedCertificate: Sendable {
    let path: String
    let key: String
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "callbox-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "cert.pem").path()
        key = folder.appending(path: "key.pem").path()
        let made = try ChildProcess.run(
            URL(filePath: "/usr/bin/openssl"),
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", path,
            ])
        guard made.status == 0 else { throw Unsuccessful(text: made.error) }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }
}
