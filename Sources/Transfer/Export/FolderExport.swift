internal import Crypto
internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Exports bodies as files of a folder, with a manifest of records and a list of SHA-256 digests in the format of
/// `sha256sum -c`. Keeps existing files with the right digest, so an interrupted export can be resumed.
package struct FolderExport: DeliveryExport {
    private static let recordsName = "manifest.ndjson"
    private static let sumsName = "SHA256SUMS"

    private let folder: ExportFolder
    private let listFiles: [Int32]
    private let records: ByteSink
    private let sums: ByteSink
    private var digest = SHA256()
    package private(set) var byteCount: Int64 = 0

    package init(_ path: String, resumes: Bool) throws {
        folder = try ExportFolder(path, resumes: resumes)
        listFiles = [try folder.begin(Self.recordsName), try folder.begin(Self.sumsName)]
        records = ByteSink(descriptor: listFiles[0])
        sums = ByteSink(descriptor: listFiles[1])
    }

    package mutating func add(_ record: DeliveryRecord) throws {
        guard record.kept.pruningReason == nil else { return try list(record, as: nil) }
        guard let body = record.body else { return try list(record, as: nil) }
        let sha256 = record.isMasked ? Array(SHA256.hash(data: body)) : record.kept.delivery.bodySHA256
        let name = BodyFileName.name(record)
        if !folder.holds(name, byteCount: body.count, sha256: sha256) { try folder.write(body, as: name) }
        try list(record, as: name, sha256)
        byteCount += Int64(body.count)
    }

    /// Renames the manifest and the list of digests last. If these files exist, all files that they name are on disk.
    package mutating func finish() throws {
        try sums.write("\(Hex.encode(digest.finalize()))  \(Self.recordsName)\n")
        try records.flush()
        try sums.flush()
        try folder.syncAll()
        try folder.end(Self.recordsName)
        try folder.end(Self.sumsName)
        try folder.syncAll()
        for file in listFiles { close(file) }
    }

    package var canResume: Bool {
        true
    }

    /// - Parameters:
    ///   - name: the name of the file with the body; nil if there is no such file.
    ///   - sha256: the SHA-256 of the file.
    private mutating func list(_ record: DeliveryRecord, as name: String?, _ sha256: [UInt8] = []) throws {
        let members = record.head + [.init("file", .optional(name)), .init("reports", record.reportList)]
        let line = Array((JSONText.object(members).line + "\n").utf8)
        digest.update(data: line)
        try records.write(line)
        if let name { try sums.write("\(Hex.encode(sha256))  \(name)\n") }
    }
}
