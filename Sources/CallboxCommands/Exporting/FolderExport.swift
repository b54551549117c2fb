internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex

/// Bodies as files of a folder, with a manifest. Files that are there with the right hash stay, so an export that was
/// interrupted goes on where it was.
struct FolderExport: DeliveryExport {
    private let folder: ExportFolder
    private let manifestFiles: [Int32]
    private var manifest: ExportManifest
    private(set) var byteCount: Int64 = 0

    init(_ path: String, resumes: Bool) throws {
        folder = try ExportFolder(path, resumes: resumes)
        manifestFiles = [try folder.begin(ExportManifest.recordsName), try folder.begin(ExportManifest.sumsName)]
        manifest = ExportManifest(
            records: ByteSink(descriptor: manifestFiles[0]), sums: ByteSink(descriptor: manifestFiles[1]))
    }

    mutating func add(_ record: DeliveryRecord) throws {
        guard record.kept.pruningReason == nil else { return try manifest.add(record, as: nil) }
        let delivery = record.kept.delivery
        let name = BodyFileName.name(record)
        if !folder.holds(name, byteCount: delivery.request.body.count, sha256: delivery.bodySHA256) {
            try folder.write(delivery.request.body, as: name)
        }
        try manifest.add(record, as: name)
        byteCount += Int64(delivery.request.body.count)
    }

    /// The manifest gets its name last: where it is, everything it names is on the disk.
    mutating func finish() throws {
        try manifest.finish()
        try folder.bringToDisk()
        try folder.end(ExportManifest.recordsName)
        try folder.end(ExportManifest.sumsName)
        try folder.bringToDisk()
        for file in manifestFiles { close(file) }
    }

    var canResume: Bool {
        true
    }
}
