internal import Foundation

/// A PDF that was asked for; it is made a moment later.
struct CentricReportFile: Sendable {
    static let makingSeconds: TimeInterval = 2
    /// Where its signed link leads.
    static let folder = "centric-files"

    let id: String
    let caseID: String
    let language: String
    let readyAt: Date

    /// Each answer signs a new link.
    func json(_ world: World) -> JSON {
        let isReady = world.now >= readyAt
        return [
            "id": .string(id), "status": isReady ? "COMPLETE" : "PENDING",
            "pdf_url": isReady ? .string(CertnSignedFile.url(folder: Self.folder, name: id, world)) : nil,
        ]
    }

    func pdf(shortID: String) -> APIReply {
        .pdf(
            PortableDocument.bytes(note: "Certn case \(shortID) in \(language): CLEAR"),
            fileName: "certn-\(shortID).pdf")
    }
}
