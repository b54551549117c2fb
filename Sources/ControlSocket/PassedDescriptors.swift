internal import Foundation
internal import Synchronization

/// Passes descriptors with the first byte of a frame, as SCM_RIGHTS (unix(7)). The receiver gets copies.
enum PassedDescriptors {
    /// The maximum number of descriptors in one frame.
    static let countLimit = 16

    /// The size of `CMSG_LEN(0)` on Linux and macOS.
    private static let headerByteCount = MemoryLayout<cmsghdr>.size

    /// Sends the first byte of a frame with descriptors. Returns the result of `sendmsg`.
    static func send(_ descriptors: [Int32], with byte: UInt8, on socket: Int32, flags: Int32) -> Int {
        let payload = descriptors.withUnsafeBytes { Array($0) }
        var header = cmsghdr()
        header.cmsg_len = .init(headerByteCount + payload.count)
        header.cmsg_level = SOL_SOCKET
        header.cmsg_type = Int32(SCM_RIGHTS)
        var control = withUnsafeBytes(of: &header) { Array($0) } + payload
        // CMSG_SPACE is a multiple of the size of a long.
        while control.count % MemoryLayout<Int>.size != 0 { control.append(0) }
        return call(byte, &control) { message in sendmsg(socket, &message, flags) }.count
    }

    /// Receives one byte and its descriptors. Child processes do not inherit the descriptors. `count` is the result of
    /// `recvmsg`.
    static func receive(on socket: Int32) -> (count: Int, byte: UInt8, descriptors: [Int32]) {
        var control = [UInt8](repeating: 0, count: headerByteCount + countLimit * MemoryLayout<Int32>.size)
        var controlByteCount = 0
        let (count, byte) = call(0, &control) { message in
            #if os(Linux)
                let flags = Int32(MSG_CMSG_CLOEXEC)
            #else
                let flags: Int32 = 0
            #endif
            let count = recvmsg(socket, &message, flags)
            controlByteCount = Int(message.msg_controllen)
            return count
        }
        guard count > 0, controlByteCount >= headerByteCount else { return (count, byte, []) }
        return control.withUnsafeBytes { bytes in
            let header = bytes.loadUnaligned(as: cmsghdr.self)
            guard header.cmsg_level == SOL_SOCKET, header.cmsg_type == Int32(SCM_RIGHTS) else {
                return (count, byte, [])
            }
            let end = min(Int(header.cmsg_len), controlByteCount, bytes.count)
            let descriptors = stride(
                from: headerByteCount, through: end - MemoryLayout<Int32>.size, by: MemoryLayout<Int32>.size
            )
            .map { bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self) }
            for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            return (count, byte, descriptors)
        }
    }

    private static func call(
        _ byte: UInt8, _ control: inout [UInt8], _ operation: (inout msghdr) -> Int
    ) -> (count: Int, byte: UInt8) {
        var byte = byte
        let count = control.withUnsafeMutableBytes { control in
            withUnsafeMutableBytes(of: &byte) { bytes in
                var vector = iovec(iov_base: bytes.baseAddress, iov_len: 1)
                return withUnsafeMutablePointer(to: &vector) { vector in
                    var message = msghdr()
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = .init(control.count)
                    return operation(&message)
                }
            }
        }
        return (count, byte)
    }
}

/// Received descriptors. The descriptors are closed together with this object unless they are taken.
final class ReceivedDescriptors: Sendable {
    private let descriptors = Mutex<[Int32]>([])

    func add(_ more: [Int32]) {
        descriptors.withLock { $0 += more }
    }

    func take() -> [Int32] {
        descriptors.withLock { descriptors in
            defer { descriptors = [] }
            return descriptors
        }
    }

    deinit {
        for descriptor in take() { close(descriptor) }
    }
}
