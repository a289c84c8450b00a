defmodule Standup do
  @moduledoc """
  Whoever connects to port 4000 is told whose turn it is to speak first.
  """
  use Application

  @names ~w(Ada Barbara Grace)

  @impl true
  def start(_type, _args) do
    children = [{Task, fn -> listen(4000) end}]
    Supervisor.start_link(children, strategy: :one_for_one)
  end

  @doc """
  The name for a day: by its digest, so that nobody can guess.
  """
  def first_speaker(day) do
    <<number, _rest::binary>> = :crypto.hash(:sha256, day)
    Enum.at(@names, rem(number, length(@names)))
  end

  defp listen(port) do
    {:ok, socket} = :gen_tcp.listen(port, [:binary, packet: :line, active: false, reuseaddr: true])
    IO.puts("standup: #{first_speaker("monday")} speaks first, port #{port}")
    accept(socket)
  end

  defp accept(socket) do
    {:ok, client} = :gen_tcp.accept(socket)
    skip_request(client)
    :gen_tcp.send(client, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n#{first_speaker("monday")}\n")
    :gen_tcp.close(client)
    accept(socket)
  end

  defp skip_request(client) do
    case :gen_tcp.recv(client, 0, 2_000) do
      {:ok, "\r\n"} -> :ok
      {:ok, _line} -> skip_request(client)
      {:error, _reason} -> :ok
    end
  end
end
