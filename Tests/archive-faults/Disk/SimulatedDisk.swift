import Foundation

/// A folder on a disk that can lose power. It follows the events of a recording. After any event it can restore the
/// contents that would survive a power cut.
struct SimulatedDisk {
    /// Determines which unsynced changes survive.
    enum Survival: CaseIterable {
        case nothing
        case everything
        case something
    }

    /// The effect of a failed sync on the unsynced writes.
    enum FailedSync {
        /// The writes are kept for the next sync.
        case keeps
        /// The kernel drops the writes, and the next sync reports success ("fsyncgate", lwn.net/Articles/752063).
        case loses
    }

    private enum NameChange {
        case create(String, file: Int)
        case remove(String)
    }

    private let failedSync: FailedSync
    private var files: [Int: DiskFile] = [:]
    private var syncedNames: [String: Int] = [:]
    private var nameChanges: [NameChange] = []

    init(failedSync: FailedSync = .keeps) {
        self.failedSync = failedSync
    }

    mutating func follow(_ event: DiskEvent) {
        switch event {
        case .create(let name, let file):
            files[file] = DiskFile()
            nameChanges.append(.create(name, file: file))
        case .remove(let name):
            nameChanges.append(.remove(name))
        case .write(let file, let offset, let bytes):
            files[file]?.add(.write(offset: offset, bytes: bytes))
        case .truncate(let file, let byteCount):
            files[file]?.add(.truncate(byteCount: byteCount))
        case .sync(let file):
            files[file]?.sync()
        case .failedSync(let file):
            if failedSync == .loses { files[file]?.loseWrites() }
        case .syncFolder:
            syncedNames = names(after: nameChanges.count)
            nameChanges = []
        case .acknowledge:
            break
        }
    }

    /// Fills `folder` with the contents that would survive a power cut now.
    func restore(
        into folder: String, _ survival: Survival, using generator: inout some RandomNumberGenerator
    ) throws {
        let nameChangeCount =
            switch survival {
            case .nothing: 0
            case .everything: nameChanges.count
            case .something: Int.random(in: 0...nameChanges.count, using: &generator)
            }
        for (name, number) in names(after: nameChangeCount).sorted(by: { $0.key < $1.key }) {
            guard let file = files[number] else { continue }
            let bytes =
                switch survival {
                case .nothing: file.synced
                case .everything: file.current
                case .something: file.torn(using: &generator)
                }
            try Data(bytes).write(to: URL(filePath: folder + "/" + name))
        }
    }

    /// The file names after the first `count` name changes since the folder's last sync.
    private func names(after count: Int) -> [String: Int] {
        nameChanges.prefix(count).reduce(into: syncedNames) { names, change in
            switch change {
            case .create(let name, let file): names[name] = file
            case .remove(let name): names[name] = nil
            }
        }
    }
}
