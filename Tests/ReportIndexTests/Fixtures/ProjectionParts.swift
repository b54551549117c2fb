import Deliveries

@testable import ReportArchive

extension PartEnd {
    /// The end of a part that does the least it can.
    static func atOnce() -> PartEnd {
        let end = PartEnd { true }
        while !end.hasCome {}
        return end
    }
}

extension ArchiveWriter {
    /// Writes deliveries into the projection as one batch.
    func project(_ deliveries: [ProjectedDelivery], after previous: Int64 = 0) throws {
        let batch = ProjectionBatch(deliveries, after: previous)
        try perform(isRebuildable: true) { try batch.writePart($0, $1) }
    }

    /// Writes the smallest possible parts of a batch, `count` at most; whether it is finished.
    @discardableResult
    func writeParts(of batch: ProjectionBatch, atMost count: Int = .max) throws -> Bool {
        for _ in 0..<count {
            let progress = try perform { try batch.writePart($0, .atOnce()) }
            if progress == .finished { return true }
        }
        return false
    }
}
