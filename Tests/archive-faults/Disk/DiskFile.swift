/// A file on a disk. It has synced contents and the changes since the last sync.
struct DiskFile {
    /// The length of a sector. A disk writes a sector completely or not at all.
    static let sectorByteCount = 512

    enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(byteCount: Int)
    }

    private(set) var synced: [UInt8] = []
    private var changes: [Change] = []

    mutating func add(_ change: Change) {
        changes.append(change)
    }

    mutating func sync() {
        for change in changes { synced.apply(change) }
        changes = []
    }

    /// Simulates a failed sync. The kernel marks the changes as written and drops them, except changes of the size. A
    /// later successful sync does not restore the lost changes.
    mutating func loseWrites() {
        for change in changes {
            switch change {
            case .write(let offset, let bytes):
                synced.extend(to: offset + bytes.count)
            case .truncate:
                synced.apply(change)
            }
        }
        changes = []
    }

    /// The contents including all changes.
    var current: [UInt8] {
        changes.reduce(into: synced) { $0.apply($1) }
    }

    /// Contents with only some of the changes since the last sync. Each sector has the contents after a random number
    /// of its changes, and the size is chosen in the same way.
    func torn(using generator: inout some RandomNumberGenerator) -> [UInt8] {
        guard !changes.isEmpty else { return synced }
        var bytes = synced
        var byteCount = synced.count
        let sizeChangeCount = Int.random(in: 0...changes.count, using: &generator)
        // True for each sector whose further changes are lost.
        var isStopped: [Int: Bool] = [:]
        // The probability is random for each image. With a constant of 50 %, images would rarely keep or lose all
        // changes.
        let odds = Double.random(in: 0.02...0.98, using: &generator)
        for (index, change) in changes.enumerated() {
            switch change {
            case .write(let offset, let written):
                var position = offset
                while position < offset + written.count {
                    let sector = position / Self.sectorByteCount
                    let end = min(offset + written.count, (sector + 1) * Self.sectorByteCount)
                    if isStopped[sector] != true {
                        if Double.random(in: 0..<1, using: &generator) < odds {
                            bytes.apply(
                                .write(offset: position, bytes: Array(written[position - offset..<end - offset])))
                        } else {
                            isStopped[sector] = true
                        }
                    }
                    position = end
                }
                if index < sizeChangeCount { byteCount = max(byteCount, offset + written.count) }
            case .truncate(let cut):
                if index < sizeChangeCount {
                    bytes.apply(change)
                    byteCount = cut
                }
            }
        }
        bytes.extend(to: byteCount)
        bytes.removeLast(bytes.count - byteCount)
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func extend(to byteCount: Int) {
        // Appends an array, because an unoptimized build would append the bytes of a `Repeated` one by one.
        if count < byteCount { append(contentsOf: [UInt8](repeating: 0, count: byteCount - count)) }
    }

    fileprivate mutating func apply(_ change: DiskFile.Change) {
        switch change {
        case .write(let offset, let bytes):
            extend(to: offset + bytes.count)
            withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[offset...]).copyBytes(from: bytes) }
        case .truncate(let byteCount):
            extend(to: byteCount)
            removeLast(count - byteCount)
        }
    }
}
