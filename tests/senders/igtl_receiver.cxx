// Prints what it receives over OpenIGTLink, one line a trajectory or transform, until the line ends.
#include <igtlOSUtil.h>
#include <igtlMessageHeader.h>
#include <igtlServerSocket.h>
#include <igtlTrajectoryMessage.h>
#include <igtlTransformMessage.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>

template <class Message> bool receive(igtl::Socket *line, igtl::MessageHeader *header, Message &body) {
  body->SetMessageHeader(header);
  body->AllocatePack();
  bool timed_out = false;
  line->Receive(body->GetPackBodyPointer(), body->GetPackBodySize(), timed_out);
  return body->Unpack(1) & igtl::MessageHeader::UNPACK_BODY;  // 1: the checksum must be right
}

int main(int, char **argv) {
  igtl::ServerSocket::Pointer server = igtl::ServerSocket::New();
  if (server->CreateServer(std::atoi(argv[1])) < 0) return 2;
  std::printf("listening\n");
  std::fflush(stdout);
  igtl::ClientSocket::Pointer line = server->WaitForConnection(20000);
  if (line.IsNull()) return 3;
  for (;;) {
    igtl::MessageHeader::Pointer header = igtl::MessageHeader::New();
    header->InitPack();
    bool timed_out = false;
    if (line->Receive(header->GetPackPointer(), header->GetPackSize(), timed_out) != header->GetPackSize()) break;
    header->Unpack();
    if (std::strcmp(header->GetDeviceType(), "TRAJ") == 0) {
      igtl::TrajectoryMessage::Pointer body = igtl::TrajectoryMessage::New();
      if (!receive(line.GetPointer(), header.GetPointer(), body)) return 4;
      for (int n = 0; n < body->GetNumberOfTrajectoryElement(); ++n) {
        igtl::TrajectoryElement::Pointer needle;
        body->GetTrajectoryElement(n, needle);
        igtlFloat32 e[3], t[3];
        needle->GetEntryPosition(e);
        needle->GetTargetPosition(t);
        std::printf("TRAJ|%s|%s|%d|%.4f %.4f %.4f %.4f %.4f %.4f|%.4f\n", needle->GetName(), needle->GetGroupName(),
                    int(needle->GetType()), e[0], e[1], e[2], t[0], t[1], t[2], needle->GetRadius());
      }
    } else if (std::strcmp(header->GetDeviceType(), "TRANSFORM") == 0) {
      igtl::TransformMessage::Pointer body = igtl::TransformMessage::New();
      if (!receive(line.GetPointer(), header.GetPointer(), body)) return 5;
      igtl::Matrix4x4 m;
      body->GetMatrix(m);
      std::printf("TRANSFORM|%s|", header->GetDeviceName());
      for (int row = 0; row < 3; ++row)
        for (int column = 0; column < 4; ++column) std::printf("%.4f ", m[row][column]);
      std::printf("\n");
    } else {
      return 6;
    }
  }
  return 0;
}
