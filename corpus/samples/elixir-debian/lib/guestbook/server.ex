defmodule Guestbook.Server do
  @moduledoc """
  Serves the guest book with the web server that comes with Erlang.
  """
  use GenServer

  def start_link(_args), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_args) do
    root = to_charlist(Application.app_dir(:guestbook, "priv/static"))

    {:ok, server} =
      :inets.start(:httpd,
        port: Application.fetch_env!(:guestbook, :port),
        server_name: ~c"guestbook",
        server_root: root,
        document_root: root,
        directory_index: [~c"index.html"],
        modules: [:mod_alias, :mod_get, :mod_head]
      )

    title = Application.fetch_env!(:guestbook, :title)
    digest = :crypto.hash(:md5, title) |> Base.encode16(case: :lower)
    IO.puts("guestbook: #{title} (#{digest}), certificates #{authorities()}, é")
    {:ok, server}
  end

  defp authorities do
    case :public_key.cacerts_load() do
      :ok -> "found"
      {:error, _reason} -> "missing"
    end
  end
end
